"""Mail that came back, and complaints: told as events, so that one rule holds for them and for what a provider tells."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db.models import Delivery
from dripcourse.db.queries.provider_events import FROM_MAIL
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.events import Event, Told
from dripcourse.inbound import Bounce, Severity, Verdict
from dripcourse.inbound.verdicts.severity import Said, judge, status_in
from dripcourse.services.delivery import event_store
from dripcourse.services.incoming import identify
from dripcourse.services.incoming.identify import Opened
from dripcourse.services.parts import Parts

_OPEN = (DeliveryState.UNSURE, DeliveryState.SENDING)


def hear(parts: Parts, session: Session, opened: Opened, now: datetime) -> str | None:
    """Take in what a bounce or a complaint tells, in the caller's transaction. Returns the delivery it is about; None if it is about none."""
    ident = next((each for each in _named(parts, opened) if session.get(Delivery, each)), None)
    if ident is None:
        return None
    bounce = opened.mail.bounce
    told = Told.COMPLAINT if opened.mail.verdict is Verdict.COMPLAINT else _told(bounce)
    detail = f"{bounce.status} {bounce.says}".strip() if bounce else ""
    _keep(session, opened, ident, told, detail, now)
    return ident


def witness(session: Session, opened: Opened, delivery: Delivery, now: datetime) -> None:
    """Somebody answered a mail of which nobody knew that it went: so it went."""
    if delivery.state in _OPEN or delivery.reason is Reason.ASSUMED:
        _keep(session, opened, delivery.id, Told.PROCESSED, "", now)


def kind_of(status: str, reason: str, *, may_end: bool = True) -> Told:
    """What a provider's word on a mail that came back means: judged by its code and words as returned mail is. Not `may_end`: it may pass."""
    said = judge(status_in(status), " ".join(reason.lower().split())) or Said(Severity.SOFT)
    kind = _kind(said)
    return Told.BLOCKED if kind in (Told.NOBODY, Told.BOUNCED) and not may_end else kind


def _told(bounce: Bounce | None) -> Told:
    return _kind(Said(bounce.severity, bounce.no_such_mailbox, bounce.full)) if bounce else Told.BLOCKED


def _kind(said: Said) -> Told:
    match said.severity:
        case Severity.HARD:
            return Told.NOBODY if said.nobody else Told.BOUNCED
        case Severity.POLICY:
            return Told.POLICY
        case Severity.DELAY:
            return Told.DEFERRED
    return Told.FULL if said.full else Told.BLOCKED


def _keep(session: Session, opened: Opened, ident: str, told: Told, detail: str, now: datetime) -> None:
    delivery = session.get_one(Delivery, ident)
    event = Event(f"{FROM_MAIL}{opened.id}", ident, delivery.fence, told, detail, now)
    event_store.keep(session, [event], now)


def _named(parts: Parts, opened: Opened) -> Iterator[str]:
    """The deliveries that a returned mail may be: by its tokens and ids, then by the address that the bounce came to."""
    bounce = opened.mail.bounce
    for token in bounce.tokens if bounce else ():
        for purpose in ("reply", "leave"):
            if found := parts.keys.read_mail_token(token, purpose):
                yield found
    yield from identify.ours(parts, bounce.ids if bounce else ())
    if found := identify.token_of(parts, identify.recipients(opened), "reply"):
        yield found
    yield from identify.ours(parts, opened.mail.references)
