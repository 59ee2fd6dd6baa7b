"""What the database knows of its journal. One that knows less is an older copy, however it came to be where it stands, and is mute.

Each transaction that makes a fact true keeps which bytes of the journal hold it, and after its commit the journal says so too. So
bytes that the database does not know are one of three: on their way to be committed; left by a process that was killed before its
commit; or lost with a newer database. What the journal says to be committed was lost. Of the rest each fact must be about something
that this database has; what a killed process left behind is then carried out here. Else it was lost too.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from dripcourse.db import copying, once, queries
from dripcourse.db.models import Delivery, Enrollment, Erasure, Instance, Subscriber
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.errors import MuteError
from dripcourse.domain.suppression import NEVER
from dripcourse.services.delivery import settle
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.enrollment.suppression import suppress
from dripcourse.services.journal import Entry, Fact, Segment, span
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

_LOOK_BACK = timedelta(days=1)
_ELSEWHERE = timedelta(minutes=5)
"""For how long a process that ticked with a journal of its own counts as living."""
_NO_COPY = "so that nobody gets a lesson twice and nobody who left is written to"
_LESS = (
    "This database knows less than its journal: an older copy stands in its place (a file or a folder put back, a server that"
    f" lagged behind). It sends nothing, {_NO_COPY}. If it is now the real one, run: dripcourse adopt"
)
_LOST = (
    "JOURNAL_DIR does not hold the journal that this database has written, so it cannot be told whether this is an older copy."
    f" It sends nothing, {_NO_COPY}. Put the journal back, or if it is lost, run: dripcourse adopt"
)
_REPLACED = (
    "An older file was copied over the database's while its log was in use. It sends nothing, and the two may not fit together. Stop"
    " every dripcourse, put the file back once more without -wal and -shm beside it, and run: dripcourse adopt"
)

Named = TypeVar("Named", Enrollment, Subscriber)
_SUPPRESSIONS = {Fact.SUPPRESSED: LeftReason.ASKED.value, Fact.NEVER: NEVER}

Spans = Mapping[str, Sequence[Segment]]


def require_all(parts: Parts, now: datetime) -> Sequence[Segment]:
    """The bytes of the journal that the database does not know yet, none of them said to be committed. Raises MuteError, DatabaseAway."""
    sizes = parts.journal.sizes()  # first: what is committed after this is no gap
    with parts.db.read() as session:
        _require_file(parts, session)
        known = _known(session)
        if not known:
            return _not_met(parts, session, sizes)
        _require_journal(parts, session, known, now)
    gaps = _gaps(sizes, known)
    for gap in gaps:
        for entry in parts.journal.read(gap):
            if entry.fact is Fact.COMMITTED and not _covers(known[gap.file], entry):
                raise MuteError(_LESS)
    return gaps


def keep_up(parts: Parts, now: datetime) -> None:
    """As `require_all`; what a killed process left behind is carried out, and from then on known. With nothing new it writes nothing."""
    gaps = require_all(parts, now)
    with parts.db.read() as session:
        met = not gaps or bool(_known(session))
    kept = [gap for gap in gaps if not met or _is_explained(parts, gap, now)]
    with parts.db.read() as session:
        scattered = [file for file, spans in _known(session).items() if len(spans) > 1]
        turn = parts.db.header.turn() if parts.db.header else None
        grown = turn is not None and turn > (session.scalar(select(Instance.turn_in_file)) or 0)
    if kept or scattered or grown:
        with parts.db.write() as session:
            _join(session, {*scattered, *(gap.file for gap in kept)}, kept)
            if grown:
                session.execute(update(Instance).values(turn_in_file=turn))


def align(session: Session, sizes: Mapping[str, int]) -> None:
    """All of the journal, as long as its files were, is known: it was replayed."""
    queries.journal.forget(session)
    whole = [{"file": file, "start": 0, "stop": size} for file, size in sizes.items() if size]
    if whole:
        queries.journal.know(session, whole)


def _known(session: Session) -> Spans:
    """By file, the bytes that are known, joined as far as they touch."""
    found: defaultdict[str, list[Segment]] = defaultdict(list)
    for row in session.execute(queries.journal.spans()):
        found[row.file].append(Segment(row.file, row.start, row.stop))
    return found


def _union(spans: Iterable[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for each in sorted(spans):
        if joined and each.start <= joined[-1].stop:
            last = joined.pop()
            joined.append(Segment(last.file, last.start, max(last.stop, each.stop)))
        else:
            joined.append(each)
    return joined


def _gaps(sizes: Mapping[str, int], known: Spans) -> list[Segment]:
    gaps = []
    for file, size in sizes.items():
        at = 0
        for each in [*_union(known.get(file, ())), Segment(file, size, size)]:
            if at < min(each.start, size):
                gaps.append(Segment(file, at, min(each.start, size)))
            at = max(at, each.stop)
    return gaps


def _covers(spans: Sequence[Segment], said: Entry) -> bool:
    """Whether what is said to be committed is known."""
    return any(span(each) == said.digest for each in spans) or any(
        each.start <= int(said.digest[:16], 16) and int(said.digest[16:], 16) <= each.stop for each in _union(spans)
    )


def _require_file(parts: Parts, session: Session) -> None:
    """SQLite: the file without its log has all that was ever seen in it."""
    header = parts.db.header
    if header is None:
        return
    instance = session.scalar(queries.overview.instance())
    turn = header.turn()
    if instance is not None and turn is not None and header.went_back(instance.epoch, turn, instance.turn_in_file):
        raise MuteError(_REPLACED)


def _require_journal(parts: Parts, session: Session, known: Spans, now: datetime) -> None:
    """The files that were written from here are whole; or if none ever was, some other is, or somebody who has one lives elsewhere."""
    mine = [file for file in known if parts.journal.is_of_this_place(file)]
    for file in mine:
        if parts.journal.size(file) < max(each.stop for each in known[file]):
            raise MuteError(_LOST)
    if mine or any(parts.journal.size(file) for file in known):
        return
    if not session.scalar(queries.journal.lives_elsewhere(parts.journal.place, now - _ELSEWHERE)):
        raise MuteError(_LOST)


def _not_met(parts: Parts, session: Session, sizes: Mapping[str, int]) -> Sequence[Segment]:
    """A database that knows nothing of its journal is new, or as old as the version that did not keep it; or it is an older copy."""
    whole = [Segment(file, 0, size) for file, size in sizes.items() if size]
    committed = any(entry.fact is Fact.COMMITTED for each in whole for entry in parts.journal.read(each))
    if committed and copying.is_used(session):
        raise MuteError(_LESS)
    return whole


def _join(session: Session, files: Iterable[str], more: Sequence[Segment]) -> None:
    """Keep these too, and of each file as few rows as there can be."""
    once.alone(session, "join what is known of the journal")
    rows = [Segment(row.file, row.start, row.stop) for row in session.execute(queries.journal.spans(files))]
    for file in files:
        joined = _union(each for each in (*rows, *more) if each.file == file)
        if joined:
            queries.journal.forget(session, rows=[each for each in rows if each.file == file])
            queries.journal.know(session, [{"file": file, "start": each.start, "stop": each.stop} for each in joined])


# ------------------------------------------------------------------------------------------------- what was left behind


def _is_explained(parts: Parts, gap: Segment, now: datetime) -> bool:
    """Whether all that these bytes say is true of this database, or has been made so; not yet while it is on its way. Raises MuteError."""
    entries = [each for each in parts.journal.read(gap) if each.fact is not Fact.COMMITTED]
    marked, accepted = ([each for each in entries if each.fact is fact] for fact in (Fact.MARKED, Fact.ACCEPTED))
    sent = {each.digest: each for each in (*marked, *accepted)}
    in_hand: dict[str, Delivery] = {}
    if sent:
        with parts.db.read() as session:
            in_hand = _by_digest(parts, session.scalars(queries.journal.in_hand()), sent)
    if len(in_hand) < len(sent):
        with parts.db.read() as session:
            since = min([now, *(each.at for each in sent.values())]) - _LOOK_BACK
            changed = _by_digest(parts, session.scalars(queries.journal.changed_since(since)), sent)
        missing = [each for digest, each in sent.items() if digest not in in_hand and digest not in changed]
        if missing and gap in require_all(parts, now):  # else it was just being committed
            raise MuteError(_LESS)
    _carry_out(parts, [each for each in entries if each.digest not in sent], now)
    ready = True
    for digest, delivery in in_hand.items():
        if sent[digest].fact is Fact.ACCEPTED:
            on_its_way = delivery.state is DeliveryState.SENDING and delivery.wake_at and delivery.wake_at > now
            ready &= not on_its_way and settle.accept_noted(parts, delivery, now)
    return ready


def _by_digest(parts: Parts, deliveries: Iterable[Delivery], wanted: Mapping[str, Entry]) -> dict[str, Delivery]:
    """Those of these deliveries whose key's digest is wanted; what is held had come back, and is not what the journal tells of."""
    return {
        digest: each
        for each in deliveries
        if each.state is not DeliveryState.HELD
        for digest in parts.keys.digests(each.key)
        if digest in wanted
    }


def _carry_out(parts: Parts, entries: Sequence[Entry], now: datetime) -> None:
    """A reader who left, whose address is never to be written to, or who asked to be erased, as the journal says and nobody has recorded."""
    wanted = {(each.fact, each.digest) for each in entries}
    told = {fact for fact, _ in wanted}
    if not told & {Fact.STOPPED, Fact.ERASED, *_SUPPRESSIONS}:
        return
    with parts.db.write() as session:
        for enrollment in _named(parts, session.scalars(_live()), Fact.STOPPED, wanted):
            lifecycle.end(parts, session, enrollment, LeftReason.ASKED, now)
        if told & {Fact.ERASED, *_SUPPRESSIONS}:
            readers = session.scalars(select(Subscriber)).all()
            for said, reason in _SUPPRESSIONS.items():
                for reader in _named(parts, readers, said, wanted):
                    suppress(parts, session, [reader.address_index], reason, now)
            doomed = [reader.id for reader in _named(parts, readers, Fact.ERASED, wanted)]
            if doomed:
                asking = [{"subscriber_id": ident, "asked_at": now, "wake_at": now} for ident in doomed]
                once.keep_once(session, Erasure, asking)


def _live() -> Select[Enrollment]:
    return select(Enrollment).where(Enrollment.state.in_(LIVE)).with_for_update()


def _named(parts: Parts, rows: Iterable[Named], fact: Fact, wanted: set[tuple[Fact, str]]) -> Iterator[Named]:
    return (row for row in rows if any((fact, digest) in wanted for digest in parts.keys.digests(row.id)))
