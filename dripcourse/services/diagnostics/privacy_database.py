"""The evidence for what docs/privacy.md and `/privacy` claim, looked for in this very installation. Looks, and changes nothing.

Each finding is a claim (`about`) with its proof in one line (`says`): well, or wrong, or unseen where nothing could be looked at.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.domain.address import email_address, normal_form
from dripcourse.domain.data_inventory import Form, columns_of
from dripcourse.domain.errors import AddressError
from dripcourse.domain.finding import Finding, unseen, well, wrong
from dripcourse.services.crypto.keyring import Unsealable
from dripcourse.services.incoming import store
from dripcourse.services.parts import Parts
from dripcourse.services.privacy import retention
from dripcourse.services.privacy.retention import FORGET_BEATS, TIDY_EVERY
from dripcourse.services.replies import store as replies_store
from dripcourse.services.signup import request

_ADDRESS = re.compile(r"[^\s@<>\"'(),:;]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_JOURNAL_LINE = re.compile(rb"[a-z] [0-9a-f]{32} [0-9T:+-]{25}")
_EVERYBODYS = ("lesson_text", "consent_text")
"""Tables of words that many were told: they may name a help line's address, and no reader's."""
_SEALED_LEAST, _OWN_LEAST, _PRINT_BYTES = 4 + 12 + 16, 32 + 16, 32
_SLACK = TIDY_EVERY + timedelta(hours=1)
_MOST_BYTES = 2**30
_SOME = 50
_TELL = "Tell whoever maintains dripcourse, and say which version this is: it should not be possible."


def proof_of(claim: str, faults: list[str], proof: str, do: str = _TELL) -> Finding:
    """A claim with its proof, or with what speaks against it."""
    return wrong(claim, "; ".join(faults), do) if faults else well(claim, proof)


def examine_database(parts: Parts, now: datetime) -> Iterator[Finding]:
    """Every claim about the database. Raises DatabaseAway."""
    with parts.db.read() as session:
        yield _no_address(parts, session)
        yield from _locked(parts, session)
        yield _phrases(parts, session)
        yield from _shared_only(session)
        yield _fingerprints(parts, session)
        yield _gone(parts, session, now)
        yield from _overwritten(parts, session)


def _no_address(parts: Parts, session: Session) -> Finding:
    looked, faults = 0, []
    for table, column in columns_of(Form.PLAIN):
        statement = queries.audit.texts_like_addresses(table, column)
        if statement is None:
            continue
        looked += 1
        found = [each for said in session.scalars(statement) for each in _ADDRESS.findall(said)]
        if table in _EVERYBODYS:
            found = [each for each in found if _is_readers(parts, session, each)]
        if found:
            faults.append(f"{table}.{column} holds {len(found)}")
    return proof_of(
        "No address stands in the database in plain", faults, f"{looked} readable columns of text hold none"
    )


def _is_readers(parts: Parts, session: Session, address: str) -> bool:
    try:
        indexes = parts.keys.indexes(email_address(address).normal)
    except AddressError:
        return False
    return session.scalars(queries.enrollment.subscriber_by_index(indexes)).first() is not None


def _locked(parts: Parts, session: Session) -> Iterator[Finding]:
    names, faults = Counter[bytes](), []
    for table, column in columns_of(Form.SEALED):
        for head, length in session.execute(queries.audit.heads(table, column, ours=True)):
            if not length:
                continue  # what a backup leaves out
            if head[:4] not in parts.keys.names or length < _SEALED_LEAST or _reads(head):
                faults.append(f"{table}.{column} holds something that none of REPLY_KEYS locked")
            names[head[:4]] += 1
    told = ", ".join(f"{count} by key {name.hex()}" for name, count in names.most_common()) or "there is nothing yet"
    yield proof_of("Addresses, requests, covers and keys are locked by REPLY_KEYS", sorted(set(faults)), told)
    count, faults = 0, []
    for table, column in [*columns_of(Form.OWN), ("reader_key", "wrapped_private")]:
        for head, length in session.execute(
            queries.audit.heads(table, column, ours=False if table == "reader_key" else None)
        ):
            if length < _OWN_LEAST or _reads(head):
                faults.append(f"{table}.{column} holds something that is not locked")
            count += 1
    yield proof_of(
        "What readers write is locked to their own keys", sorted(set(faults)), f"{count} things, none of them readable"
    )


def _reads(head: bytes) -> bool:
    """Whether these bytes are words: what was encrypted is hardly ever UTF-8 for so long."""
    for cut in range(4):  # the last sign may have been cut
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def _phrases(parts: Parts, session: Session) -> Finding:
    """Tries REPLY_KEYS on every key that a phrase is said to lock."""
    count = opened = 0
    for ident, locked in session.execute(queries.audit.phrase_keys()):
        count += 1
        with suppress(Unsealable):
            parts.keys.unseal(locked, "reader-key", ident)
            opened += 1
    faults = [f"{opened} of {count} keys opened"] if opened else []
    claim = "REPLY_KEYS do not open what a reader's phrase locks"
    return proof_of(claim, faults, f"they were tried on {count} keys, and opened none")


def _shared_only(session: Session) -> Iterator[Finding]:
    wrongly, rightly = (session.scalars(queries.audit.host_copies(rightly=each)).one() for each in (False, True))
    faults = [f"there are {wrongly} copies of what nobody shares"] if wrongly else []
    yield proof_of("The host has a copy of what is shared, and of nothing else", faults, f"{rightly} are shared")
    left, came = (session.scalars(queries.audit.replies_by_mail(copied=each)).one() for each in (True, False))
    faults = [f"{left} of {came} are here still"] if left else []
    yield proof_of("The copy that a reply arrived as is destroyed", faults, f"{came} replies came by mail")


def _fingerprints(parts: Parts, session: Session) -> Finding:
    count, faults = 0, []
    for table, column in columns_of(Form.FINGERPRINT):
        for head, length in session.execute(queries.audit.heads(table, column)):
            if length != _PRINT_BYTES or _reads(head):
                faults.append(f"{table}.{column} holds something else")
            count += 1
    known = list(_some_addresses(parts, session))
    unkeyed = sum(index not in parts.keys.indexes(normal_form(address)) for address, index in known)
    if unkeyed:
        faults.append(f"{unkeyed} of {len(known)} are not made with SECRET_KEY")
    proof = f"{count} of 32 bytes; of {len(known)} readers each was made again with SECRET_KEY"
    return proof_of("What finds an address again is a keyed fingerprint", sorted(set(faults)), proof)


def _gone(parts: Parts, session: Session, now: datetime) -> Finding:
    then = now - _SLACK
    limits = queries.audit.past(
        signup=then - request.FORGET_AFTER,
        confirm=then - request.REMEMBERED,
        arrival=then - store.FORGET_AFTER,
        asked=then - store.ASKED_FOR,
        unasked=then - store.FORGET_AT_LAST,
        deleted=then - replies_store.KEPT_DELETED,
        ended=retention.months_before(then, parts.rules.replies_kept_months),
        answers=then - retention.ANSWERS_KEPT,
        events=then - retention.EVENTS_KEPT,
        erasure=then,
        beat=then - FORGET_BEATS,
    )
    counts = {what: session.scalars(statement).one() for what, statement in limits}
    faults = [f"{count} {what} are past their time" for what, count in counts.items() if count]
    do = "Let a worker run: it deletes them within half a day."
    return proof_of(
        "What is to be deleted after a time is deleted", faults, f"none past their time: {', '.join(counts)}", do
    )


def _overwritten(parts: Parts, session: Session) -> Iterator[Finding]:
    claim = "What is deleted is overwritten"
    if not parts.db.is_sqlite:
        yield unseen(claim, "PostgreSQL overwrites at its own vacuum, and its log and standbys keep what you set")
        return
    if parts.db.path is not None and parts.db.path.stat().st_size > _MOST_BYTES:
        yield unseen(claim, "the file is too large to be looked at in memory")
        return
    image = queries.audit.image(session) or b""
    free = list(_free_pages(image))
    dirty = sum(any(page) for page in free)
    faults = [f"{dirty} free pages of the file hold old bytes"] if dirty else []
    if not queries.audit.erases(session):
        faults.append("secure_delete is off")
    do = "Back up and restore into a new file: it has no free pages. (VACUUM does the same.)"
    yield proof_of(claim, faults, f"secure_delete is on, and all {len(free)} free pages of the file are zeros", do)
    known = list(_some_addresses(parts, session))
    shown = sum(address.encode() in image for address, _ in known)
    faults = [f"{shown} of {len(known)} addresses stand in the file's bytes"] if shown else []
    yield proof_of("The bytes of the file hold no address", faults, f"of {len(known)} readers each was looked for")


def _some_addresses(parts: Parts, session: Session) -> Iterator[tuple[str, bytes]]:
    for ident, sealed, index in session.execute(queries.audit.addresses(_SOME)):
        with suppress(Unsealable):  # which is told elsewhere
            yield parts.keys.unseal(sealed, "address", ident).decode(), index


def _free_pages(image: bytes) -> Iterator[bytes]:
    """The free pages of an SQLite file that hold nothing (the leaves of its freelist, sqlite.org/fileformat2.html)."""

    def number(at: int) -> int:
        return int.from_bytes(image[at : at + 4], "big")

    size = int.from_bytes(image[16:18], "big")
    size = 65536 if size == 1 else size
    trunk, seen = number(32), 0
    while trunk and seen <= number(36):
        at = (trunk - 1) * size
        for leaf in range(number(at + 4)):
            page = number(at + 8 + 4 * leaf)
            yield image[(page - 1) * size : page * size]
        trunk, seen = number(at), seen + 1
