"""Messages as literals: what stands in every one is written once."""

from textwrap import dedent

HEAD = (
    "From: Ann Reader <ann@example.org>\nTo: r+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@letters.example\n"
    "Subject: Re: Letter 1\nDate: Mon, 02 Mar 2026 10:00:00 +0100\nMessage-ID: <m1@example.org>\n"
    "In-Reply-To: <d1@letters.example>\nMIME-Version: 1.0\n"
)


def raw(text: str, *, charset: str = "utf-8") -> bytes:
    """A whole message, written with `\\n` and indented with its test."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode(charset)


def post(
    body: str, *headers: str, sender: str = "Ann Reader <ann@example.org>", subject: str = "Re: Letter 1"
) -> bytes:
    """A mail to us with a plain text in UTF-8; further headers as whole lines."""
    lines = [
        f"From: {sender}",
        "To: r+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@letters.example",
        f"Subject: {subject}",
        "Date: Mon, 02 Mar 2026 10:00:00 +0100",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        *headers,
        "",
        dedent(body).strip("\n"),
        "",
    ]
    return "\r\n".join("\r\n".join(lines).split("\n")).replace("\r\r\n", "\r\n").encode()


def parts(kind: str, *inner: str, head: str = HEAD) -> bytes:
    """A multipart of the given subtype; each part is its headers, an empty line and its body."""
    cut = "".join(f"--=_b\n{dedent(part).strip(chr(10))}\n" for part in inner)
    return f'{head}Content-Type: multipart/{kind}; boundary="=_b"\n\n{cut}--=_b--\n'.replace("\n", "\r\n").encode()


def report(text: str, fields: str, *, sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example>") -> bytes:
    """A bounce as RFC 3464 has it, with the headers of what came back."""
    return parts(
        "report; report-type=delivery-status",
        f"Content-Type: text/plain; charset=utf-8\n\n{dedent(text).strip(chr(10))}",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{dedent(fields).strip(chr(10))}\n",
        "Content-Type: message/rfc822\n\nFrom: Slow Letters <course@letters.example>\nTo: ann@example.org\n"
        "Reply-To: r+bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@letters.example\nMessage-ID: <ours@letters.example>\n"
        "Subject: Letter 1\n\nDear Ann\n",
        head=f"Return-Path: <>\nFrom: {sender}\nTo: bounce@letters.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n",
    )
