"""Messages taken apart, as mail programs write them and as nobody should."""

from hypothesis import given
from hypothesis import strategies as st

from dripcourse.inbound import read_mail, reply_text

HEAD = b"From: Ann <ann@Example.ORG>\r\nTo: r+abc@letters.example\r\nSubject: Re: Letter 1\r\nMIME-Version: 1.0\r\n"


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    read_mail(raw)


def test_of_alternatives_the_plain_one_is_read() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>plain</p>\r\n--b--\r\n"
    )
    assert reply_text(raw) == "plain"


def test_addresses_and_ids_are_read() -> None:
    mail = read_mail(HEAD + b"Message-ID: <m@x>\r\nIn-Reply-To: <a@y>\r\nReferences: <z@y>\r\n <a@y>\r\n\r\nhello\r\n")
    assert (mail.sender, mail.message_id, mail.references) == ("ann@example.org", "m@x", ("a@y", "z@y"))
    assert mail.to == ("r+abc@letters.example",)
