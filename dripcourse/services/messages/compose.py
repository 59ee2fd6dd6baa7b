"""From a claimed delivery to a mail that is ready to send. Reads no clock, opens no connection; the words come from `content`.

Each kind of mail is a module of this room, a row of this table, and a template.
"""

from collections.abc import Callable
from datetime import datetime

from dripcourse.domain.delivery import Kind
from dripcourse.services.messages import alert, confirmation, lesson, own_words, receipt, reminder
from dripcourse.services.messages.model import Claimed, Ready
from dripcourse.services.parts import Parts

_COMPOSERS: dict[Kind, Callable[[Parts, Claimed, datetime], Ready]] = {
    Kind.LESSON: lesson.compose,
    Kind.COPY: lesson.compose,
    Kind.CONFIRM: confirmation.compose,
    Kind.ALERT: alert.compose,
    Kind.RECEIPT: receipt.compose,
    Kind.NOTICE: receipt.compose,
    Kind.OWN: own_words.compose,
    Kind.REMINDER: reminder.compose,
}


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """The mail for a claimed delivery. Raises DripError (a template's fault; a missing lesson or key): then the delivery is held."""
    return _COMPOSERS[claimed.delivery.kind](parts, claimed, now)
