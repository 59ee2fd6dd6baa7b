"""A change of keys, killed again and again."""

from pathlib import Path

from dripcourse.db import schema
from dripcourse.db.session import Database
from dripcourse.services.recovery.rotate_keys import rotate
from tests.db.rows import NOW
from tests.faults.rotation import BOTH, NEW, OLD, fill, run, unreadable


def test_a_change_of_keys_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    found = run(tmp_path, replies=3_000, kills=8, seed=7, milliseconds=60)
    assert found.kills == 8
    assert found.unreadable == 0


def test_what_no_key_opens_is_counted_and_left(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'truth.db'}")
    schema.upgrade(db, now=NOW)
    fill(db, 25)
    assert unreadable(db, NEW) == 3 + 3 + 3 * 25
    said: list[int] = []
    lost = rotate(db, NEW, said.append)
    assert (lost.anew, lost.lost) == (0, 3 + 3 + 3 + 2 * 25)
    assert unreadable(db, OLD) == 0
    done = rotate(db, BOTH, said.append)
    assert (done.anew, done.lost) == (3 + 3 + 3 + 2 * 25, 0)
    assert unreadable(db, NEW) == 0
    assert rotate(db, BOTH, said.append).anew == 0
    db.close()
