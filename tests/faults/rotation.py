"""`python -m tests.faults.rotation`: kill a change of keys, again and again, and see that everything can be read by the new key alone."""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import sleep

from sqlalchemy import insert, select

from dripcourse.db import schema
from dripcourse.db.models import Enrollment, ReaderKey, Reply, Subscriber
from dripcourse.db.session import Database
from dripcourse.services.crypto.keyring import Keyring, Unsealable, new_id, new_pair, open_with, seal_to
from dripcourse.services.recovery.rotate_keys import rotate
from tests.db.rows import NOW
from tests.support.children import ended, fork

SECRET = "s" * 40
OLD_KEY, NEW_KEY = (urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))
OLD, BOTH, NEW = (Keyring([SECRET], keys) for keys in ([OLD_KEY], [NEW_KEY, OLD_KEY], [NEW_KEY]))
COVER = b'["Garden club", "Minutes"]'
READERS_EACH = 10
"""Replies to a reader."""


@dataclass
class Found:
    """What came of a change of keys that was killed `kills` times."""

    replies: int
    kills: int = 0
    unreadable: int = 0

    @property
    def kept(self) -> bool:
        return self.unreadable == 0


def fill(db: Database, replies: int) -> None:
    """Readers with keys and covers, and what they wrote, some of it shared; all sealed with the old key."""
    readers, enrollments, keys, rows = [], [], [], []
    for number in range(-(-replies // READERS_EACH)):
        reader, enrollment, key = new_id(), new_id(), new_id()
        public, private = new_pair()
        address = f"r{number}@example.org".encode()
        readers.append(
            {
                "id": reader,
                "address_sealed": OLD.seal(address, "address", reader),
                "address_index": OLD.index(address.decode()),
                "created_at": NOW,
            }
        )
        enrollments.append(_enrollment(enrollment, reader))
        keys.append(
            {
                "id": key,
                "subscriber_id": reader,
                "public_key": public,
                "wrapped_private": OLD.seal(private, "reader-key", key),
                "wrapped_by": "reply-keys",
                "created_at": NOW,
            }
        )
        rows += [_reply(enrollment, key, public) for _ in range(min(READERS_EACH, replies - len(rows)))]
    with db.write() as session:
        for model, values in ((Subscriber, readers), (Enrollment, enrollments), (ReaderKey, keys), (Reply, rows)):
            session.execute(insert(model), values)


def _enrollment(ident: str, reader: str) -> dict[str, object]:
    return {
        "id": ident,
        "subscriber_id": reader,
        "course": "small",
        "language": "en",
        "zone": "UTC",
        "offset_minutes": 0,
        "pace": "weekly",
        "state": "active",
        "created_at": NOW,
        "subject_style": "own",
        "cover_sealed": OLD.seal(COVER, "cover", ident),
    }


def _reply(enrollment: str, key: str, public: bytes) -> dict[str, object]:
    ident = new_id()
    words = f"the words of {ident}".encode()
    return {
        "id": ident,
        "enrollment_id": enrollment,
        "reader_key_id": key,
        "text_sealed": seal_to(public, words, "reply-text", ident),
        "host_sealed": OLD.seal(words, "reply-host", ident),
        "host_whole_sealed": OLD.seal(words, "reply-host-whole", ident),
        "sender": "page",
        "received_at": NOW,
        "shared_at": NOW,
    }


def unreadable(db: Database, keys: Keyring) -> int:
    """How many addresses, covers, replies and shared copies these keys alone do not open."""
    count = 0
    with db.read() as session:
        for reader in session.scalars(select(Subscriber)):
            count += not _opens(lambda r=reader: keys.unseal(r.address_sealed, "address", r.id))
        for worn in session.scalars(select(Enrollment)):
            count += not _opens(lambda w=worn: keys.unseal(w.cover_sealed or b"", "cover", w.id), COVER)
        privates = {key.id: (key.wrapped_private, key.id) for key in session.scalars(select(ReaderKey))}
        for reply in session.scalars(select(Reply)):
            words = f"the words of {reply.id}".encode()
            sealed, key = privates[reply.reader_key_id]
            count += not _opens(
                lambda r=reply, s=sealed, k=key: open_with(
                    keys.unseal(s, "reader-key", k), r.text_sealed, "reply-text", r.id
                ),
                words,
            )
            count += not _opens(lambda r=reply: keys.unseal(r.host_sealed or b"", "reply-host", r.id), words)
            whole = reply.host_whole_sealed or b""
            count += not _opens(lambda r=reply, w=whole: keys.unseal(w, "reply-host-whole", r.id), words)
    return count


def _opens(opened: Callable[[], bytes], words: bytes | None = None) -> bool:
    try:
        return opened() == words if words is not None else bool(opened())
    except Unsealable:
        return False


def change_under_fire(db_url: str, chance: random.Random, *, most_kills: int, milliseconds: float) -> int:
    """Change the keys in processes that are killed at random moments, until one comes to its end; returns the kills."""
    kills = 0
    while True:
        pid = fork(lambda: _change(db_url))
        if kills < most_kills:
            sleep(chance.uniform(0, milliseconds) / 1000)
            os.kill(pid, signal.SIGKILL)
        if ended(pid) == 0:
            return kills
        kills += 1


def _change(db_url: str) -> None:
    db = Database(db_url)
    rotate(db, BOTH, lambda _count: None)
    db.close()


def run(folder: Path, *, replies: int, kills: int, seed: int, milliseconds: float) -> Found:
    """Fill a database, change its keys under fire, and look at everything with the new key alone."""
    url = f"sqlite:///{folder / 'truth.db'}"
    db = Database(url)
    schema.upgrade(db, now=NOW)
    fill(db, replies)
    db.close()
    found = Found(replies)
    found.kills = change_under_fire(url, random.Random(seed), most_kills=kills, milliseconds=milliseconds)
    db = Database(url)
    found.unreadable = unreadable(db, NEW)
    db.close()
    return found


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults.rotation", description=__doc__)
    asked.add_argument("--replies", type=int, default=100_000)
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--milliseconds", type=float, default=800, help="a run is killed within so many")
    said = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dripcourse-keys-"))
    try:
        found = run(folder, replies=said.replies, kills=said.kills, seed=said.seed, milliseconds=said.milliseconds)
    finally:
        shutil.rmtree(folder)
    print(json.dumps(asdict(found)))
    return 0 if found.kept else 1


if __name__ == "__main__":
    sys.exit(main())
