"""A mail as bytes. Made by hand, because the standard library takes three milliseconds for what can be had in a tenth of one.

Bodies are quoted-printable (RFC 2045 6.7) by the library's own C code, line by line: no line's encoding depends on another's, and all
but a few lines of a lesson are the same for every reader, so they are encoded once and remembered. Headers are either words, which the library encodes once and
we remember, or machine-read (addresses, ids, links), which must never be folded or encoded inside and are written as they are.
"""

from binascii import b2a_qp
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from unicodedata import category

from dripcourse.domain.mail import Mailbox, Outgoing

_CRLF = "\r\n"
_LONGEST_LINE = 998
"""RFC 5322 2.1.1, without the line break."""
_WORD = 75
"""RFC 2047 2: the longest encoded word. The library does not count the space that a folded line begins with."""


def mime(mail: Outgoing) -> bytes:
    """The mail as RFC 5322 bytes with CRLF line ends: multipart/alternative, plain text first (RFC 2046 5.1.4).

    The same mail is the same bytes, whoever builds it. Raises ValueError for a header that holds a line break or is not ASCII.
    """
    exact = {
        "To": mail.to,
        "Date": format_datetime(mail.date),
        "Message-ID": mail.message_id,
        **({"Reply-To": mail.reply_to} if mail.reply_to else {}),
        **mail.headers,
        "MIME-Version": "1.0",
    }
    top = f"From: {_mailbox(mail.sender)}{_CRLF}Subject: {_words(mail.subject)}{_CRLF}"
    top += "".join(_exact(name, value) for name, value in exact.items())
    if mail.html is None:
        return top.encode("ascii") + _part("plain", mail.text)
    boundary = f"=_{mail.delivery}"
    top += _exact("Content-Type", f'multipart/alternative; boundary="{boundary}"') + _CRLF
    cut = f"--{boundary}".encode()
    parts = (_part("plain", mail.text), _part("html", mail.html))
    return b"\r\n".join([top.encode("ascii"), *(cut + b"\r\n" + part for part in parts), cut + b"--", b""])


def _part(subtype: str, text: str) -> bytes:
    lines = text.replace(_CRLF, "\n").replace("\r", "\n").rstrip("\n").split("\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return b"".join([head.encode("ascii"), *map(_line, lines)])


@lru_cache(maxsize=8192)  # some dozens of lessons; what only one reader has is soon forgotten
def _line(line: str) -> bytes:
    return b2a_qp(f"{line}{_CRLF}".encode(), istext=True)


def _exact(name: str, value: str) -> str:
    """A header that programs read, as it is; only the two links of List-Unsubscribe may stand on a line each."""
    if not (value.isascii() and value.isprintable() and len(name) + 2 + len(value) <= _LONGEST_LINE):
        raise ValueError(f"the header {name} cannot be written: it holds a line break, is too long or is not ASCII")
    folded = value.replace(", <", f",{_CRLF} <") if name == "List-Unsubscribe" else value
    return f"{name}: {folded}{_CRLF}"


def breaks_line(text: str) -> bool:
    """Whether a text could end a line: control characters, and Unicode's own separators of lines and paragraphs."""
    return any(category(char) in ("Cc", "Zl", "Zp") for char in text)


@lru_cache(maxsize=1024)
def _words(subject: str) -> str:
    """A subject, encoded and folded where it must be (RFC 2047). Raises ValueError for a line break."""
    if breaks_line(subject):
        raise ValueError("the header Subject cannot hold a line break")
    charset = "us-ascii" if subject.isascii() else "utf-8"
    return Header(subject, charset, maxlinelen=_WORD, header_name="Subject").encode(linesep=_CRLF)


@lru_cache(maxsize=1024)
def _mailbox(mailbox: Mailbox) -> str:
    """A name and an address (RFC 5322 3.4); a name that is not ASCII in words of at most 75 characters each (RFC 2047 2)."""
    if breaks_line(mailbox.name):
        raise ValueError("the header From cannot hold a line break")
    if mailbox.name.isascii():
        return formataddr((mailbox.name, mailbox.address))
    name = Header(mailbox.name, "utf-8", maxlinelen=_WORD, header_name="From").encode(linesep=_CRLF)
    return f"{name} <{mailbox.address}>"
