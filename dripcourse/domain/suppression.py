"""Why an address is not written to, and what a host is told about it."""

from datetime import datetime

ERASED = "erased"
"""Everything about its owner was erased: a host must not bring them back, only they themselves, by signing up."""
NEVER = "never"
"""Its owner pressed "never write to this address again" on the page of a confirmation that was still open."""

_BACK = "The reader can come back by signing up and confirming. If they told you so, lift it: dripcourse subscriber unsuppress ADDRESS --why TEXT"
_WHY = {
    "bounced": "Mail to this address came back on {day}: nobody receives mail there, as far as the other side says.",
    "complaint": "The reader of this address reported a lesson as unwanted mail on {day}.",
    "asked": "The reader of this address asked for no more mail on {day}.",
}


def refusal(reason: str, since: datetime) -> str:
    """Why a host cannot add an address, and what can be done about it."""
    day = f"{since:%Y-%m-%d}"
    match reason:
        case "erased":
            return "The owner of this address had everything erased, so it was not added. They can sign up themselves."
        case "never":
            return (
                f"The owner of this address asked never to be written to, on {day}, so it was not added. "
                "Only if they told you otherwise: dripcourse subscriber unsuppress ADDRESS --why TEXT"
            )
    return f"{_WHY.get(reason, 'This address is suppressed since {day}.').format(day=day)} It was not added. {_BACK}"
