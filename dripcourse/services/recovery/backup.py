"""Backups: everything in one file, but for readers' private keys, which stand in a second file of which only the newest lives.

A reader's key that is destroyed is thereby gone from every backup with the next one, and what was sealed to it can be read by
nobody, however many older backups there are. The file is an SQLite database whatever the real one is, so a backup also moves a
course from a laptop to PostgreSQL and back. A restored database is mute until it is adopted.
"""

import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from dripcourse.db import copying, schema
from dripcourse.db.session import Database
from dripcourse.db.types import Row
from dripcourse.domain.errors import DatabaseAway, DripError, NotFound
from dripcourse.services import incidents

KEYS_FILE = "reader-keys.backup"
MADE = "backup"
"""The name under which it is kept when the last backup was made."""
STALE = timedelta(days=8)
"""A backup should be made every day or every week; after so long one was left out."""
Say = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows were copied, and how many replies could not come along because their key was destroyed since."""

    rows: int
    lost_replies: int = 0


def keys_beside(file: Path) -> Path:
    """The file of readers' private keys that belongs to every backup in a folder."""
    return file.with_name(KEYS_FILE)


def backup(db: Database, file: Path, now: datetime, say: Say) -> Copied:
    """Write everything, as it is at this instant, to `file`, and the keys beside it; whole or not at all. Says how many rows so far.

    Work goes on meanwhile. Raises DripError if the file is there already or cannot be written, DatabaseAway.
    """
    if file.exists():
        raise DripError(f"{file} is there already, and nothing in it was touched. Choose another name.")
    draft = file.with_name(f".{file.name}.part")
    _remove(draft)
    try:
        with copying.snapshot(db) as source:
            rows = _write(draft, lambda target: copying.copy_rows(source, target, change=_hide_key, say=say), now)
            keys = "".join(_key_line(*each) for each in copying.private_keys(source))
        _replace(keys_beside(file), keys)
        draft.rename(file)
        _sync(file.parent)
    finally:
        _remove(draft)
    with suppress(DatabaseAway), db.write() as session:  # without room to note it the backup stands all the same
        incidents.count(session, MADE, now, lasts=STALE)
    return Copied(rows)


def _write(draft: Path, copy: Callable[[Session], int], now: datetime) -> int:
    target = Database(f"sqlite:///{draft}")
    try:
        schema.upgrade(target, now=now)
        with target.write() as session:
            copying.clear(session)
            return copy(session)
    finally:
        target.close()


def _hide_key(row: Row) -> None:
    row["wrapped_private"], row["phrase_salt"] = copying.NO_KEY, None


def _key_line(ident: str, wrapped: bytes, by: str, salt: bytes | None) -> str:
    """Everything that belongs to a lock stands together: whoever changes their phrase changes all of it, and an older backup knows none."""
    return " ".join((ident, b64encode(wrapped).decode(), by, b64encode(salt or b"").decode())) + "\n"


def _replace(file: Path, text: str) -> None:
    """Put `text` in the file's place at once: whoever is killed meanwhile leaves the old one."""
    draft = file.with_name(f".{file.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        raise DripError(f"{file} cannot be written ({error.strerror}). The backup was not made.") from None
    finally:
        draft.unlink(missing_ok=True)


def _remove(draft: Path) -> None:
    """A half-made database with its log, which SQLite leaves beside it when the disk is full or somebody is killed."""
    for end in ("", "-wal", "-shm", "-journal"):
        draft.with_name(draft.name + end).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def restore(db: Database, file: Path, now: datetime, say: Say, *, without_replies: bool = False) -> Copied:
    """Fill an empty database from a backup, of this version or an older one; whole or not at all. It is mute until it is adopted.

    Replies whose key is not in the newest file of keys stay behind: nobody can read them. If that file is not there, or holds no
    key at all, it is most likely missing and not empty: that is refused, unless the host insists `without_replies`. Raises NotFound, DripError if the
    database is in use or the file is no backup, DatabaseAway.
    """
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    keys = _read_keys(keys_beside(file))
    schema.upgrade(db, now=now)
    draft = file.with_name(f".{file.name}.restoring")
    try:
        shutil.copyfile(file, draft)  # an older backup is brought up to this version, and stays as it is
        saved = Database(f"sqlite:///{draft}")
        try:
            _require_backup(saved, file)
            schema.upgrade(saved, now=now)
            if not (keys or without_replies):
                _require_no_replies(saved, keys_beside(file))
            return _fill(db, saved, keys, say)
        finally:
            saved.close()
    finally:
        _remove(draft)


def _require_backup(saved: Database, file: Path) -> None:
    if schema.is_empty(saved) or schema.current(saved) is None:
        raise DripError(f"{file} is no backup of dripcourse. Nothing was changed.")


def _require_no_replies(saved: Database, keys: Path) -> None:
    with saved.read() as source:
        count = copying.count_replies(source)
    if count:
        state = "holds no key" if keys.is_file() else "is not there"
        raise DripError(
            f"{keys} {state}, and without the readers' keys in it nobody can ever read the {count} sealed replies of this"
            " backup. Nothing was changed. Put that file beside the backup, or insist on doing without: --without-replies"
        )


def _fill(db: Database, saved: Database, keys: Mapping[str, Row], say: Say) -> Copied:
    def give_key(row: Row) -> None:
        row |= keys.get(row["id"], {"wrapped_private": copying.NO_KEY})

    with saved.read() as source, db.write() as target:
        if copying.is_used(target):
            raise DripError(
                "The database is in use, and nothing in it was touched. A backup is restored into an empty one: name a new"
                " one by DATABASE_URL, or move the old one away."
            )
        copying.clear(target)
        rows = copying.copy_rows(source, target, change=give_key, say=say)
        lost = copying.drop_lost_keys(target)
        copying.make_mute(target)
    return Copied(rows, lost)


def _read_keys(file: Path) -> dict[str, Row]:
    """The newest keys, as columns of their rows; an unreadable line is a key that is not there."""
    if not file.is_file():
        return {}
    found: dict[str, Row] = {}
    for line in file.read_text(encoding="ascii", errors="replace").splitlines():
        ident, wrapped, by, salt = (*line.split(" "), "", "", "")[:4]
        try:
            row: Row = {"wrapped_private": b64decode(wrapped, validate=True)}
            if by:  # a file of an earlier version has the key alone
                row |= {"wrapped_by": by, "phrase_salt": b64decode(salt, validate=True) or None}
            found[ident] = row
        except ValueError:
            continue
    return found
