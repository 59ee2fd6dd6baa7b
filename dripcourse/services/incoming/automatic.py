"""Automatic mail: nobody wrote it, so nobody is answered. One that says that a reader is away holds their next lesson."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from dripcourse.domain.pacing import HOLD_MOST, earliest
from dripcourse.services.enrollment import schedule
from dripcourse.services.incoming.identify import Opened, Owner
from dripcourse.services.parts import Parts


def is_automatic(parts: Parts, opened: Opened) -> str:
    """Why a message that reads like a person's is a machine's all the same: what its envelope and ids say (RFC 3834 2). '' if it is not."""
    if opened.arrival.sender == "":
        return "automatic: an empty return path"
    mail, rules = opened.mail, parts.rules
    if mail.message_id.strip("<>").rpartition("@")[2].lower() == rules.reply_domain.lower():
        return "automatic: a mail of our own came back"
    sender, domain = mail.sender.lower(), mail.sender.rpartition("@")[2].lower()
    own = {rules.mail_from.address.lower(), rules.system_from.address.lower()}
    if domain == rules.reply_domain.lower() or sender in own:
        return "automatic: sent from an address of our own"
    return ""


def hold(session: Session, owner: Owner, opened: Opened, now: datetime) -> bool:
    """Put off a reader's next lesson while they are away: until the day after the one that is named, or by one pace; whether it was.

    Told of twice, it is put off once: both days count from the last lesson, not from the last hold.
    """
    enrollment = owner.enrollment
    if enrollment is None or enrollment.last_accepted_at is None:
        return False
    session.refresh(enrollment, with_for_update=True)
    named = opened.mail.away_until
    if named is not None:
        back = datetime.combine(named + timedelta(days=1), time(), schedule.slot_of(enrollment).tz)
        if now - timedelta(days=1) < back <= now + HOLD_MOST:
            return schedule.put_off(enrollment, back, now)
    welcome = enrollment.last_number == 0
    usual = earliest(enrollment.pace, enrollment.last_accepted_at, after_welcome=welcome)
    return schedule.put_off(enrollment, usual + enrollment.pace.elapsed, now)
