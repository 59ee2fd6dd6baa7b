"""An address that mail can be sent to, and the form by which two of them are the same."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from dripcourse.domain.errors import AddressError, AsciiOnlyError

_NOT_ONE = "That does not look like an e-mail address. Please check it: it should read like name@example.org."


_ASCII_ONLY = (
    "Mail to an address with letters such as ö or é before the @ is not supported yet. "
    "Please use another address; many providers give you a second one without them."
)


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`written` is what we send to (domain in lower case, as A-labels; local part untouched); `normal` is what we compare by."""

    written: str
    normal: str


def email_address(text: str) -> EmailAddress:
    """The address in `text`. Raises AddressError for anything mail cannot safely be sent to, AsciiOnlyError for a local part beyond ASCII (RFC 5321 4.1.2, 4.5.3.1).

    Refused: line breaks and control characters, quoted local parts, address literals, `%` and `!` routes, more than 254
    characters, local parts that need SMTPUTF8 (SendGrid refuses them). Dots and plus signs are the reader's own and stay.
    """
    stripped = text.strip(" ")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in stripped):
        raise AddressError("An e-mail address cannot hold line breaks or other invisible characters.")
    try:
        # test_environment: `.test` is for trials (RFC 6761) and must work on a laptop; no DNS is asked in a request
        found = validate_email(
            stripped, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError:
        if _with_umlauts(stripped):
            raise AsciiOnlyError(_ASCII_ONLY) from None
        raise AddressError(_NOT_ONE) from None
    if any(sign in found.local_part for sign in "%!"):
        raise AddressError(_NOT_ONE)
    written = f"{found.local_part}@{found.ascii_domain}"
    return EmailAddress(written, normal_form(written))


def _with_umlauts(text: str) -> bool:
    """Whether the text would be an address if letters such as ö were allowed before its @ (RFC 6531)."""
    try:
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=True, test_environment=True, strict=True
        )
    except EmailNotValidError:
        return False
    return not found.local_part.isascii()


def normal_form(written: str) -> str:
    """The form by which two addresses are compared; never what is written to."""
    return unicodedata.normalize("NFC", written).casefold()


_DOTS_ARE_NOTHING = ("gmail.com", "googlemail.com")


def mailbox_form(normal: str) -> str:
    """The mailbox behind an address, for counting only: without what follows a plus, and without dots where they are nothing."""
    local, _, domain = normal.rpartition("@")
    name = local.partition("+")[0] or local
    if domain in _DOTS_ARE_NOTHING:
        name, domain = name.replace(".", ""), _DOTS_ARE_NOTHING[0]
    return f"{name}@{domain}"
