"""The files of an installation, and who may read them: keys, database and mails are their owner's alone."""

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from dripcourse.domain.finding import Finding, well, wrong
from dripcourse.settings.model import Settings
from dripcourse.settings.urls import OutboxUrl

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def places(settings: Settings) -> dict[str, Path]:
    """Everything of ours on this disk that tells of readers, or opens what does, by its name in words."""
    found = {"SECRET_KEY": settings.data_dir / "secret_key", "REPLY_KEYS": settings.data_dir / "reply_keys"}
    if settings.sqlite_path is not None:
        found["database"] = settings.sqlite_path
        found |= {f"database's {end}": Path(f"{settings.sqlite_path}-{end}") for end in ("wal", "shm")}
    if isinstance(settings.mail_url, OutboxUrl):
        found["outbox"] = settings.mail_url.path
    return found | {"journal": settings.journal_dir}


def look_at_files(settings: Settings, holding_keys: Iterable[Path] = ()) -> Iterator[Finding]:
    """One finding for each file that others than its owner may get at; changes nothing. `holding_keys` are files of settings."""
    open_to_others = []
    for name, path in [
        *places(settings).items(),
        *(("a file with a key in it", path) for path in sorted(holding_keys)),
    ]:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue  # it is given in the environment, or not made yet
        # a folder that lets nobody through closes all below it, so the folder itself is what counts
        if mode & _OTHERS and not _is_behind_a_closed_door(path):
            open_to_others.append((name, path, stat.S_IMODE(mode)))
    for name, path, mode in open_to_others:
        do = f"chmod {'700' if path.is_dir() else '600'} {path}"
        yield wrong("files", f"others on this machine may get at {name} ({path}, mode {mode:o})", do, _WHY)
    if not open_to_others:
        yield well("files", "keys, database, mails and journal are their owner's alone")


_WHY = "Whoever has the keys and the database can read every address."


def _is_behind_a_closed_door(path: Path) -> bool:
    return not path.parent.stat().st_mode & _OTHERS
