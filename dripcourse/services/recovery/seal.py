"""What must fit before anything is done: the database's seal, and the keys it was written with."""

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.session import Database, fingerprint
from dripcourse.domain.errors import MuteError, SettingsError
from dripcourse.services.crypto.keyring import Keyring, Unsealable

_PURPOSE, _ROW = "check", "instance"


def require_voice(session: Session) -> None:
    """Raises MuteError if the database is not the one that was set up here: a restored backup, a copy for trials."""
    seal = session.scalar(queries.overview.instance())
    if seal is None or seal.fingerprint != fingerprint(session):
        raise MuteError(
            "This database is a copy: it was restored, moved or cloned, and a copy sends nothing, so that nobody gets a"
            " lesson twice. If it is now the real one, run: dripcourse adopt"
        )


def require_keys(db: Database, keys: Keyring) -> None:
    """Raises SettingsError if the keys are not those the database was written with; the first keys it meets are remembered.

    A lost or mistaken key would otherwise lose every address and reply one by one, and nobody would be found by their address.
    """
    with db.read() as session:
        seal = session.scalar(queries.overview.instance())
    if seal is None:
        return
    if seal.key_check is None:
        _remember(db, keys)
        return
    try:
        index = keys.unseal(seal.key_check, _PURPOSE, _ROW)
    except Unsealable:
        raise SettingsError([_lost("REPLY_KEYS", "reply_keys")]) from None
    if index not in keys.indexes(_PURPOSE):
        raise SettingsError([_lost("SECRET_KEY", "secret_key")])


def _remember(db: Database, keys: Keyring) -> None:
    with db.write() as session:
        seal = session.scalars(queries.overview.instance()).one()
        if seal.key_check is None:
            seal.key_check = keys.seal(keys.index(_PURPOSE), _PURPOSE, _ROW)


def _lost(name: str, file: str) -> str:
    return (
        f"{name}: this database was written with another key. Put the old key back (behind the new one, after a comma), or"
        f" the file {file} in DATA_DIR from a backup. Without it what was sealed stays sealed."
    )
