"""What was written from another address, or reads like a machine's, waits for the reader's own word. A link from a mail opens this, so it shows no words."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Inbound
from dripcourse.domain.errors import NotFound
from dripcourse.services.enrollment import schedule
from dripcourse.services.incoming import identify, process, route, whose
from dripcourse.services.incoming.identify import Proof
from dripcourse.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits: when it came, and its sender so far that whoever wrote it knows themselves."""

    id: str
    at: datetime
    sender: str


@dataclass(frozen=True, slots=True)
class Waitlist:
    """All that waits for one reader's word in a course; `tz` is that reader's own."""

    course: str
    tz: tzinfo
    waiting: tuple[Waiting, ...]


def look(parts: Parts, token: str) -> Waitlist:
    """What waits for the word of whoever got this link. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = _enrollment(parts, session, token)
        rows = session.scalars(queries.quarantine.waiting_for_a_click(enrollment.id)).all()
    waiting = tuple(Waiting(row.id, row.received_at, _hint(process.opened(parts, row.id).mail.sender)) for row in rows)
    return Waitlist(enrollment.course, schedule.slot_of(enrollment).tz, waiting)


def accept(parts: Parts, token: str, ident: str, now: datetime) -> None:
    """It was the reader: done with it is what is done with every mail of theirs. Repeating it is harmless. Raises NotFound."""
    if not _waits(parts, token, ident):
        return
    opened = process.opened(parts, ident)
    with parts.db.write() as session:
        row = _held(parts, session, token, ident)
        owner = identify.of_delivery(session, row.delivery_id, Proof.CLAIMED) if row is not None else None
        if row is not None and owner is not None:
            process.note(row, opened, route.handle_for(parts, session, opened, owner, now), now)
    parts.db.scrub(wait=False)


def refuse(parts: Parts, token: str, ident: str) -> None:
    """It was somebody else: the message is destroyed. Repeating it is harmless. Raises NotFound."""
    if not _waits(parts, token, ident):
        return
    with parts.db.write() as session:
        row = _held(parts, session, token, ident)
        if row is not None:
            row.raw_sealed, row.reason = None, "from another address: not the reader's, as they said"


def _waits(parts: Parts, token: str, ident: str) -> bool:
    with parts.db.read() as session:
        return _held(parts, session, token, ident) is not None


def _held(parts: Parts, session: Session, token: str, ident: str) -> Inbound | None:
    """A message that still waits for the word of whoever got this link, held until the transaction ends. Raises NotFound."""
    waiting = queries.quarantine.waiting_for_a_click(_enrollment(parts, session, token).id)
    return session.scalars(waiting.where(Inbound.id == ident).with_for_update(of=Inbound)).first()


def _enrollment(parts: Parts, session: Session, token: str) -> Enrollment:
    ident = parts.keys.read_web_token(token, whose.CLICK)
    row = session.get(Inbound, ident) if ident else None
    delivery = session.get(Delivery, row.delivery_id) if row and row.delivery_id else None
    if delivery is None or delivery.enrollment_id is None:
        raise NotFound("This link is not one of ours, or it is too old.")
    return session.get_one(Enrollment, delivery.enrollment_id)


def _hint(sender: str) -> str:
    """An address so far that its owner knows it, and nobody learns it: the first letter, and the domain."""
    local, _, domain = sender.rpartition("@")
    return f"{local[:1]}\u2026@{domain}" if local else "?"
