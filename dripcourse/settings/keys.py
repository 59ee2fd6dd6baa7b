"""The keys of an installation: given by the host, or made once for an SQLite file on one machine."""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from dripcourse.domain.errors import SettingsError
from dripcourse.settings import words
from dripcourse.settings.model import Settings

_Reader = Callable[[str], tuple[SecretStr, ...]]
_KEYS: dict[str, tuple[str, str, _Reader]] = {
    "SECRET_KEY": ("secret_keys", "secret_key", words.secrets),
    "REPLY_KEYS": ("reply_keys", "reply_keys", words.seal_keys),
}
"""For each setting that is a key: the field, the file in DATA_DIR, how its text is read."""


def new_key() -> str:
    """A fresh key of 256 bits, in one word: good as a SECRET_KEY, one of REPLY_KEYS or an INBOUND_SECRET."""
    return urlsafe_b64encode(secrets.token_bytes(words.KEY_BYTES)).decode("ascii")


def ensure_secrets(settings: Settings) -> Settings:
    """The settings with SECRET_KEY and REPLY_KEYS in them.

    With SQLite, a missing one is made once and for all in DATA_DIR, for this process's user alone, and read from there ever
    after; of several processes that start at once, all end up with the same. With PostgreSQL raises SettingsError: there may be
    other machines, and they must have the same. Raises it also when DATA_DIR cannot be written to.
    """
    missing = {name: how for name, how in _KEYS.items() if not getattr(settings, how[0])}
    if not missing:
        return settings
    if settings.sqlite_path is None:
        raise SettingsError([_on_postgres(name) for name in missing])
    return settings.model_copy(
        update={field: _kept(settings.data_dir / file, name, reader) for name, (field, file, reader) in missing.items()}
    )


def is_set_up(settings: Settings) -> bool:
    """Whether the keys are given or made already, and the database's file, if it is one, is there: then looking makes nothing."""
    keys = (getattr(settings, field) or (settings.data_dir / file).exists() for field, file, _ in _KEYS.values())
    return all(keys) and (settings.sqlite_path is None or settings.sqlite_path.exists())


def _on_postgres(name: str) -> str:
    return (
        f"{name} is missing. With PostgreSQL every machine must have the same: print one with `dripcourse keys new`, keep it "
        f"safe, and give it to all of them as {name} or in a file named by {name}_FILE."
    )


def _kept(path: Path, name: str, reader: _Reader) -> tuple[SecretStr, ...]:
    try:
        if not path.exists():
            _make(path)
        return reader(path.read_text(encoding="ascii").strip())
    except OSError as error:
        problem = (
            f"DATA_DIR cannot keep {name} ({error.strerror}: {path}). Make {path.parent} a folder that this user may write to, "
            f"name another one as DATA_DIR, or give {name} yourself."
        )
    except ValueError:
        problem = (
            f"The file {path} does not hold what was once put there. Put back a copy of it: without that very key nothing that "
            f"was made with it can be read any more."
        )
    raise SettingsError([problem])


def _make(path: Path) -> None:
    """Put a new key at `path`, whole and on the disk, unless another process was quicker."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{new_key()}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # a name appears whole or not at all, and never over another
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
