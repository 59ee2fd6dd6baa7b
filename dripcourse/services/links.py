"""What a link in one of our mails belongs to."""

from sqlalchemy.orm import Session

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.db.queries.privacy import erasure_of
from dripcourse.domain.enrollment import LIVE
from dripcourse.domain.errors import Gone, NotFound
from dripcourse.services.parts import Parts


def of_delivery(session: Session, ident: str | None) -> tuple[Delivery, Enrollment]:
    """The mail of that id, which a link of ours named (None: it was not ours), and whose it is.

    Raises NotFound; Gone if it was erased, or is just being erased.
    """
    delivery = session.get(Delivery, ident) if ident else None
    if ident and delivery is None:
        raise Gone("What this link belonged to is not kept any more.")
    if delivery is None or delivery.enrollment_id is None or delivery.revoked_at is not None:
        raise NotFound("This link is not one of ours, or it is too old.")
    enrollment = session.get_one(Enrollment, delivery.enrollment_id)
    if session.scalars(erasure_of(enrollment.subscriber_id)).first() is not None:
        raise Gone("What this link belonged to is just being erased.")
    return delivery, enrollment


def has_left(parts: Parts, token: str) -> bool:
    """Whether the course that a leave link belongs to has ended for its reader. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        return of_delivery(session, parts.keys.read_web_token(token, "leave"))[1].state not in LIVE


def course_of_link(parts: Parts, token: str) -> str:
    """The course that a leave link belongs to. Raises NotFound."""
    with parts.db.read() as session:
        return of_delivery(session, parts.keys.read_web_token(token, "leave"))[1].course


def of_link(parts: Parts, session: Session, token: str) -> tuple[Delivery, Enrollment]:
    """The mail that holds this link to a reader's page, and whose it is. Raises NotFound; Gone if all that is known of them is erased."""
    return of_delivery(session, parts.keys.read_web_token(token, "me"))


def language_of(parts: Parts, token: str) -> str | None:
    """The language that the reader of a mail's link, to their page or for leaving, is spoken to in; None for a link of nobody's."""
    ident = parts.keys.read_web_token(token, "me") or parts.keys.read_web_token(token, "leave")
    with parts.db.read() as session:
        delivery = session.get(Delivery, ident) if ident else None
        enrollment = session.get(Enrollment, delivery.enrollment_id) if delivery and delivery.enrollment_id else None
        return enrollment.language if enrollment else None
