"""A mail as it goes over the wire, read back by Python's own parser."""

from binascii import b2a_qp
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dripcourse.domain.mail import Mailbox, Outgoing
from dripcourse.domain.mime import mime

LINK = f"https://letters.example.org/leave/{'A' * 90}"
LEAVE = f"<{LINK}>, <mailto:leave+{'b' * 42}@replies.letters.example.org>"
MAIL = Outgoing(
    delivery="abcdefghijklmnopqrstuvwxyz",
    fence=1,
    sender=Mailbox("letters@example.org", "Slow Letters"),
    to="reader@example.org",
    subject="A letter for you",
    text="Good morning.\n",
    html="<p>Good morning.</p>",
    message_id="<abcdefghijklmnopqrstuvwxyz@replies.letters.example.org>",
    date=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    reply_to=f"r+{'c' * 42}@replies.letters.example.org",
    headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated"},
)
words = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=200)


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_says_from_whom_to_whom_about_what_and_when() -> None:
    message = read(mime(MAIL))
    assert message["From"] == "Slow Letters <letters@example.org>"
    assert message["To"] == "reader@example.org"
    assert message["Reply-To"] == MAIL.reply_to
    assert message["Subject"] == "A letter for you"
    assert message["Message-ID"] == MAIL.message_id
    assert message["Date"].datetime == MAIL.date
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert not message.defects


def test_plain_text_stands_first_and_both_parts_say_what_they_were_given() -> None:
    message = read(mime(replace(MAIL, text="Größe\n", html="<p>Größe</p>")))
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert (plain.get_content().split(), html.get_content().split()) == (["Größe"], ["<p>Größe</p>"])


def test_without_html_the_mail_is_plain() -> None:
    message = read(mime(replace(MAIL, html=None, reply_to=None)))
    assert message.get_content_type() == "text/plain"
    assert message["Reply-To"] is None


@settings(max_examples=50, deadline=None)
@given(words, words, st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_whatever_the_words_are_lines_are_short_and_ascii_and_end_as_they_should(
    subject: str, name: str, text: str
) -> None:
    raw = mime(replace(MAIL, subject=subject, sender=Mailbox("letters@example.org", name), text=text))
    raw.decode("ascii")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.splitlines())) <= 998  # RFC 5322 2.1.1
    message = read(raw)
    assert message["Subject"].split() == subject.split()
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_same_mail_is_the_same_bytes_whoever_builds_it() -> None:
    assert mime(MAIL) == mime(replace(MAIL))


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, subject="Hello\nBcc: all@example.org"),
        replace(MAIL, to="reader@example.org\r\nBcc: all@example.org"),
        replace(MAIL, sender=Mailbox("letters@example.org", "Slow\nBcc: all@example.org")),
        replace(MAIL, reply_to="r@example.org\nBcc: all@example.org"),
        replace(MAIL, message_id="<a@b>\nBcc: all@example.org"),
        replace(MAIL, headers={"List-Id": "<a>\nBcc: all@example.org"}),
        replace(MAIL, headers={"List-Unsubscribe": "<a>\r\nBcc: all@example.org"}),
    ],
)
def test_a_line_break_never_becomes_a_header(mail: Outgoing) -> None:
    with pytest.raises(ValueError, match="line break"):
        mime(mail)


@pytest.mark.parametrize("domain", ["example.org", "replies.of-some-letters.with-a-long-name.example.org"])
def test_the_message_id_is_never_folded_or_encoded(domain: str) -> None:
    raw = mime(replace(MAIL, message_id=f"<{MAIL.delivery}@{domain}>"))
    assert f"\r\nMessage-ID: <{MAIL.delivery}@{domain}>\r\n".encode() in raw


def test_long_links_to_leave_are_never_cut_into_encoded_words() -> None:
    raw = mime(replace(MAIL, headers={"List-Unsubscribe": LEAVE}))
    head = raw.partition(b"\r\n\r\n")[0]
    assert f"<{LINK}>".encode() in head
    assert b"=?" not in head
    assert read(raw)["List-Unsubscribe"] == LEAVE


def test_a_long_list_id_is_never_cut_into_encoded_words() -> None:
    name = f"<slow-letters.{'replies.' * 9}example.org>"
    assert f"\r\nList-Id: {name}\r\n".encode() in mime(replace(MAIL, headers={"List-Id": name}))


@given(text=st.text(st.sampled_from("ab =.\tä€😀\r\n\v\u2028-_"), max_size=400), times=st.integers(1, 2))
def test_a_body_made_of_remembered_lines_is_what_the_library_makes_of_the_whole(text: str, times: int) -> None:
    whole = "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")) + "\r\n"
    for _ in range(times):  # fresh, and remembered
        head, _, body = mime(replace(MAIL, text=text, html=None)).partition(b"\r\n\r\n")
        assert body == b2a_qp(whole.encode(), istext=True)
    assert b"quoted-printable" in head
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
