"""Whose is it? A token finds the delivery that a message answers; it proves nothing about the person who writes.

A lesson gets forwarded, and read over a shoulder. So what somebody wrote is a reader's only if it comes from their own address, and
if nobody whose word we take says otherwise. See docs/decisions/0020-whose-is-it.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Signup, Subscriber
from dripcourse.domain.address import email_address
from dripcourse.domain.errors import AddressError
from dripcourse.domain.incoming import Arrival, Door
from dripcourse.inbound import Mail
from dripcourse.inbound.mime.parse import parse
from dripcourse.inbound.verdicts.proof import proves, vouched, vouched_by_sendgrid
from dripcourse.inbound.verdicts.results import results_in
from dripcourse.services.parts import Parts


class Proof(StrEnum):
    """What is known about who wrote: the word kept with a reply as its `sender`."""

    PROVEN = "proven"
    """From is the reader's address, and somebody we believe says that this is true."""
    UNPROVEN = "unproven"
    """From is the reader's address, and there is nobody whose word on it we could take."""
    CLAIMED = "claimed"
    """From is another address, and whoever reads the reader's own mailbox says that it was them."""
    REFUTED = "refuted"
    """From is another address, or not even that is true."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that arrived, opened and read."""

    id: str
    arrival: Arrival
    mail: Mail


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a message belongs to, and how well that is known. `enrollment` is None for a confirmation whose sign-up has gone."""

    delivery: Delivery
    enrollment: Enrollment | None
    subscriber: Subscriber | None
    proof: Proof

    @property
    def is_reader(self) -> bool:
        """Whether it is the reader who wrote, as far as can be known."""
        return self.proof is not Proof.REFUTED


def token_of(parts: Parts, addresses: Sequence[str], purpose: str) -> str | None:
    """The delivery named by the first of these addresses that is a token of ours for `purpose` (reply or leave)."""
    prefix = {"reply": "r", "leave": "leave"}[purpose]
    for address in addresses:
        mark, _, token = address.partition("@")[0].partition("+")
        if mark.lower() == prefix and (found := parts.keys.read_mail_token(token, purpose)):
            return found
    return None


def recipients(opened: Opened) -> Sequence[str]:
    """The addresses a message came to: by its envelope, or by its headers if the door knew no envelope."""
    return opened.arrival.rcpt or opened.mail.to


def find(parts: Parts, session: Session, opened: Opened) -> Owner | None:
    """Whom a message belongs to: by its token, by the Message-ID it answers, or by its sender's only course. None: nobody knows."""
    ident = token_of(parts, recipients(opened), "reply")
    delivery = _known(session, ident) or _answered(parts, session, opened.mail.references)
    by_mail = delivery is not None
    delivery = delivery or _by_sender(parts, session, opened.mail.sender)
    if delivery is None:
        return None
    enrollment, subscriber = _people(session, delivery)
    known = Owner(delivery, enrollment, subscriber, Proof.REFUTED)
    proof = evidence(parts, opened) if is_own(parts, known, opened.mail.sender) else Proof.REFUTED
    if proof is Proof.UNPROVEN and not by_mail:
        proof = Proof.REFUTED  # anybody can write somebody's address; only our own mails hold a token or its id
    return Owner(delivery, enrollment, subscriber, proof)


def is_own(parts: Parts, owner: Owner, sender: str) -> bool:
    """Whether an address is the one that the reader's mail goes to."""
    index = owner.subscriber.address_index if owner.subscriber else owner.delivery.recipient
    return index in indexes(parts, sender)


def of_delivery(session: Session, ident: str | None, proof: Proof = Proof.REFUTED) -> Owner | None:
    """The owner of a delivery that is known already; None if it has gone or its links were revoked."""
    delivery = _known(session, ident)
    return Owner(delivery, *_people(session, delivery), proof) if delivery else None


def indexes(parts: Parts, written: str) -> Sequence[bytes]:
    """The blind indexes of an address; none if it is no address we could have written to."""
    try:
        return parts.keys.indexes(email_address(written).normal)
    except AddressError:
        return ()


def evidence(parts: Parts, opened: Opened) -> Proof:
    """Whether somebody whose word we take says that From is true. SendGrid speaks at its own door, our mail server at the others."""
    arrival, sender = opened.arrival, opened.mail.sender
    if arrival.door is Door.SENDGRID and (arrival.spf or arrival.dkim):
        found = list(vouched_by_sendgrid(arrival.spf, arrival.dkim, arrival.sender or ""))
    elif parts.rules.authserv_id and arrival.door is not Door.SENDGRID:
        # the topmost only: what stands below it came with the mail, whatever name it bears
        topmost = parse(arrival.raw).all("authentication-results")[:1]
        found = list(vouched(results_in(topmost), parts.rules.authserv_id))
    else:
        return Proof.UNPROVEN
    return Proof.PROVEN if proves(found, sender) else Proof.REFUTED


def guess(parts: Parts, session: Session, addresses: Sequence[str], mail: Mail | None = None) -> Delivery | None:
    """The delivery that a message seems to answer, to read it beside that one's words. Nothing is decided by this."""
    found = _known(session, token_of(parts, addresses, "reply"))
    if found is not None or mail is None:
        return found
    return _answered(parts, session, mail.references) or _by_sender(parts, session, mail.sender)


def _known(session: Session, ident: str | None) -> Delivery | None:
    delivery = session.get(Delivery, ident) if ident else None
    return delivery if delivery is not None and delivery.revoked_at is None else None


def ours(parts: Parts, ids: Sequence[str]) -> Iterator[str]:
    """The deliveries that are named by these Message-IDs."""
    for each in ids:
        left, _, domain = each.strip("<>").rpartition("@")
        if domain.lower() == parts.rules.reply_domain.lower() and 0 < len(left) <= 26:
            yield left.lower()


def _answered(parts: Parts, session: Session, ids: Sequence[str]) -> Delivery | None:
    return next((found for ident in ours(parts, ids) if (found := _known(session, ident))), None)


def _by_sender(parts: Parts, session: Session, sender: str) -> Delivery | None:
    """The newest lesson of the only course that an address is in the midst of."""
    subscriber = session.scalars(queries.enrollment.subscriber_by_index(indexes(parts, sender))).first()
    if subscriber is None:
        return None
    running = session.scalars(queries.incoming.running_enrollments(subscriber.id)).all()
    return session.scalars(queries.incoming.newest_lesson(running[0])).first() if len(running) == 1 else None


def _people(session: Session, delivery: Delivery) -> tuple[Enrollment | None, Subscriber | None]:
    ident = delivery.enrollment_id
    if ident is None and delivery.signup_id:
        signup = session.get(Signup, delivery.signup_id)
        ident = signup.enrollment_id if signup else None
    enrollment = session.get(Enrollment, ident, with_for_update=True) if ident else None
    return enrollment, session.get(Subscriber, enrollment.subscriber_id) if enrollment else None
