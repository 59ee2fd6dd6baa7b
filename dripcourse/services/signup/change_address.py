"""Moving to another address, and keeping one's place.

Asked for on the reader's page, by the same road as a sign-up: one sealed row, a confirmation mail to the new address, and nothing
changes before the press there. Then, in one transaction, the enrollment at the old address ends, silently, and another begins at the
new one with the same place, choices and past. The links in old mails lead to the old one and have no power over the new: somebody may
be getting away from a person who reads the old mailbox. So the two are not linked in the database, and nothing about it goes there.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Delivery, Enrollment, table
from dripcourse.db.types import Row
from dripcourse.domain.address import email_address
from dripcourse.domain.delivery import DeliveryState, Kind, Reason, lesson_key
from dripcourse.domain.enrollment import EnrollmentState, LeftReason
from dripcourse.domain.pacing import Pace
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.enrollment import appearance, lifecycle, schedule
from dripcourse.services.enrollment.enroll import How, Wish, subscriber_of
from dripcourse.services.enrollment.suppression import is_never
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.replies import transfer

_MOVING = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
_ON_THE_WIRE = (DeliveryState.SENDING, DeliveryState.UNSURE)
_WENT = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.DEFERRED, DeliveryState.BOUNCED)
_OF_ITS_OWN = {"id", "subscriber_id", "created_at", "confirmed_at"}
"""What of an enrollment does not come along: all else does, whatever is added to it one day."""


def wish(parts: Parts, session: Session, token: str, address: str, consent: str) -> Wish:
    """What is asked for by a reader who wants to move, in the words that they agreed to. Raises NotFound."""
    enrollment = of_link(parts, session, token)[1]
    return Wish(address, enrollment.course, how=How.MOVE, consent=consent, moves=enrollment.id)


def to_be_moved(
    session: Session, ident: str, indexes: Sequence[bytes], *, for_update: bool = False
) -> Enrollment | None:
    """The enrollment of that id if it can move to the address of these indexes.

    None if it has ended, or if that address has the course already, must not be written to, or is about to be erased. With
    `for_update` it is held until the transaction ends.
    """
    enrollment = session.get(Enrollment, ident, with_for_update=for_update)
    if enrollment is None or enrollment.state not in _MOVING or is_never(session, indexes):
        return None
    there = session.scalars(queries.enrollment.subscriber_by_index(indexes)).first()
    if there is None:
        return enrollment
    live = session.scalars(queries.enrollment.live_enrollment(there.id, enrollment.course)).first()
    taken = there.id == enrollment.subscriber_id or (live is not None and live.state in _MOVING)
    doomed = session.scalars(queries.privacy.erasure_of(there.id)).first() is not None
    return None if taken or doomed else enrollment


def carry_out(
    parts: Parts, session: Session, asked: Wish, words: transfer.Brought | None, now: datetime
) -> Enrollment | None:
    """Move, in the caller's transaction, with these words; returns the new enrollment, or None if it cannot be any more.

    What was claimed is taken back and comes to the new address at its date. What is on the wire, or may have gone, counts as had: it is
    never sent to the new address, and the next mail there says how to ask for it. What was held comes at the first slot.
    """
    once.alone(session, "sign-ups")  # nobody enrolls the new address meanwhile
    address = email_address(asked.address)
    old = to_be_moved(session, asked.moves or "", parts.keys.indexes(address.normal), for_update=True)
    if old is None:
        return None
    subscriber = subscriber_of(parts, session, address, now)
    if unconfirmed := session.scalars(queries.enrollment.live_enrollment(subscriber.id, old.course)).first():
        session.delete(unconfirmed)  # somebody began to sign up there; this yes stands in place of theirs
        session.flush()
    new = _copy(parts, session, old, subscriber.id, now)
    taken_back = session.scalars(queries.privacy.claimed_lesson(old.id)).first()
    lifecycle.end(parts, session, old, LeftReason.ASKED, now)
    session.flush()
    # looked at after what was claimed is gone: what was marked meanwhile stands on the wire by now
    on_the_wire = _copy_past(parts, session, old, new, subscriber.address_index, now)
    _set_due(new, taken_back, now, on_the_wire=on_the_wire)
    session.flush()
    if words is not None:
        transfer.bring(session, old, new, words, now)
    return new


def _copy(parts: Parts, session: Session, old: Enrollment, subscriber: str, now: datetime) -> Enrollment:
    names = {column.key for column in table(Enrollment).columns} - _OF_ITS_OWN
    kept = {name: getattr(old, name) for name in names}
    new = Enrollment(**kept, id=new_id(), subscriber_id=subscriber, created_at=now, confirmed_at=now)
    appearance.wear(parts.keys, new, appearance.known_of(parts.keys, old))  # what is sealed is sealed to its own row
    session.add(new)
    session.flush()
    return new


def _copy_past(
    parts: Parts, session: Session, old: Enrollment, new: Enrollment, recipient: bytes, now: datetime
) -> bool:
    """Each lesson that went, and each that may have, once more under the new enrollment: so none of them can ever go to it.

    Whether one of them may still be on its way: then the place is after it.
    """
    lessons = session.scalars(queries.privacy.lessons_of(old.id, (*_WENT, *_ON_THE_WIRE))).all()
    rows = [_had(each, new, recipient, now) for each in lessons]
    if rows:
        session.execute(insert(Delivery), rows)
    unsettled = [row for row, each in zip(rows, lessons, strict=True) if each.state in _ON_THE_WIRE]
    course = parts.library.courses.get(new.course)
    for row in unsettled:  # one at most
        lesson = course.lesson(row["lesson"]) if course else None
        new.last_lesson, new.last_number = row["lesson"], lesson.number if lesson else new.last_number
        new.last_accepted_at = max(new.last_accepted_at or row["accepted_at"], row["accepted_at"])
    return bool(unsettled)


def _had(mail: Delivery, new: Enrollment, recipient: bytes, now: datetime) -> Row:
    """A lesson of the old enrollment as the new one has had it. One that is on the wire counts from the latest instant it may go at."""
    unsettled = mail.state in _ON_THE_WIRE
    went_at = mail.accepted_at
    if unsettled or went_at is None:
        marked = mail.marked_at or mail.claimed_at
        went_at = max(now, mail.wake_at or now) if mail.state is DeliveryState.SENDING else marked
    same = ("course", "lesson", "lesson_text", "due_at", "claimed_at", "marked_at", "promise_at", "changed_at")
    return {name: getattr(mail, name) for name in same} | {
        "id": new_id(),
        "kind": Kind.LESSON,
        "key": lesson_key(new.id, mail.lesson or ""),
        "enrollment_id": new.id,
        "recipient": recipient,
        "state": DeliveryState.ACCEPTED,
        "reason": Reason.ASSUMED if unsettled else mail.reason,
        "detail": "",
        "fence": mail.fence,
        "accepted_at": went_at,
    }


def _set_due(enrollment: Enrollment, taken_back: Delivery | None, now: datetime, *, on_the_wire: bool) -> None:
    """The date that stood stands. What was in hand is due as it was; after what is on the wire, or was held, the pace says when."""
    if enrollment.state is not EnrollmentState.ACTIVE:
        return
    if on_the_wire and enrollment.pace is Pace.READY:
        schedule.wait(enrollment, now)
    elif enrollment.waits:
        return  # for its reader's word, there as here; and if they were reminded, they were
    elif on_the_wire or (enrollment.due_at is None and taken_back is None):
        schedule.set_due_again(enrollment, now)
    elif taken_back is not None:
        schedule.set_due(enrollment, taken_back.due_at or now, now, promised=enrollment.promised_at)
