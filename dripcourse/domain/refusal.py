"""What a refusal is about, and what follows from that. Only what is about all mails may stop all mails."""

from enum import StrEnum

from dripcourse.domain.mail import Later, Outcome, Refused


class About(StrEnum):
    """What the other side refuses."""

    MAIL = "this mail"
    RECIPIENT = "this recipient"
    POLICY = "this recipient or this mail, by a policy"
    SENDER = "this sender address"
    ACCOUNT = "our account"
    SERVER = "anything, for the moment"


def refused(about: About, why: str) -> Outcome:
    """What comes of a mail that was refused, by what the refusal is about; `why` is the other side's words.

    A policy is perhaps against us, and a sender address is the same for many mails: neither stops anything at once, but several in a
    row with no mail accepted between them do (`domain/circuit_breaker`).
    """
    match about:
        case About.MAIL | About.RECIPIENT:
            return Refused(why)
        case About.POLICY:
            return Refused(why, perhaps_us=True)
        case About.SENDER:
            return Later(why, perhaps_us=True)
        case About.ACCOUNT:
            return Later(why, everyone=True, needs_host=True)
        case About.SERVER:
            return Later(why, everyone=True)
