"""Messages taken apart, as mail programs write them and as nobody should."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.inbound import Verdict, read_mail, reply_text
from dripcourse.inbound.mime.parse import DEEPEST, MOST_PARTS, parse
from tests.inbound.post import HEAD, parts, post

H = HEAD.replace("\n", "\r\n").encode()


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    read_mail(raw)


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n", b'Content-Type: multipart/alternative; boundary="b"\n', b"Content-Type: message/rfc822\n",
        b"Content-Type: text/html; charset=utf-7\n", b"Content-Type: text/plain; charset=punycode; format=flowed\n", b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n", b"Content-Type: message/delivery-status\n", b"\n", b"\r\n\r\n", b"--b\n", b"--b--\n", b"--", b"\r", b"\0",
        b"=?utf-8?q?=C3?= =?utf-8?q?=A9?=", b"Subject: ", b"From: ", b"a@b.example, ", b'"', b"(", b"<", b">", b"; name*0*=utf-8''%", b"<p>hello", b"<!--", b"&#xD800;",
        b"> ", b"On Monday he wrote:\n", b"=", b"QUJD", b"\xff\xfe", b"\xe9", b" ", b"begin 644 x\n", b"end\n", b"-----BEGIN PGP MESSAGE-----\n", b"5.1.1", b"Status: 5.1.1\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_any_pieces_of_mail_are_read_and_safe_to_keep(raw: bytes) -> None:
    mail = read_mail(raw)
    for text in (mail.text, mail.hidden, mail.subject, mail.sender, *mail.to, *mail.references):
        text.encode("utf-8")
        assert "\0" not in text
        assert "\r" not in text


BODIES = [
    ("text/plain; charset=utf-8", "8bit", "é".encode(), "é"),
    ("text/plain; charset=iso-8859-1", "quoted-printable", b"=E9 =93quoted=94", "é “quoted”"),
    ("text/plain; charset=us-ascii", "8bit", "é".encode(), "é"),
    ("text/plain", "8bit", b"caf\xe9", "café"),
    ("text/plain; charset=x-unknown", "8bit", "naïve".encode(), "naïve"),
    ("text/plain; charset=punycode", "8bit", b"plain", "plain"),
    ("text/plain; charset=rot13", "8bit", b"uryyb", "uryyb"),
    ("text/plain; charset=utf-7", "8bit", b"+ADw-script+AD4-", "+ADw-script+AD4-"),
    ("text/plain; charset=unicode_escape", "8bit", b"\\u0041", "\\u0041"),
    ('text/plain; charset="utf-8', "8bit", "é".encode(), "é"),
    ("text/plain; charset=gb2312", "base64", b64encode("你好".encode("gb18030")), "你好"),
    ("text/plain; charset=iso-2022-jp", "7bit", "すみません。".encode("iso2022_jp"), "すみません。"),
    ("text/plain", "7bit", "すみません。".encode("iso2022_jp"), "すみません。"),
    ("text/plain; charset=shift_jis", "8bit", "あ①".encode("cp932"), "あ①"),
    ("text/plain; charset=ks_c_5601-1987", "8bit", "스티".encode("cp949"), "스티"),
    ("text/plain; charset=koi8-r", "8bit", "привет".encode("koi8_r"), "привет"),
    ("text/plain; charset=windows-1251", "8bit", "привет".encode("cp1251"), "привет"),
    ("text/plain; charset=utf-8", "8bit", "gut und sch\u00f6n ".encode() + b"\xff" + " und süß".encode(), "gut und schön \ufffd und süß"),
    ("text/plain; charset=utf-16", "base64", b64encode("hej å".encode("utf-16")), "hej å"),
    ("text/plain; charset=utf-8", "base64", b64encode(b"one two three").rstrip(b"="), "one two three"),
    ("text/plain; charset=utf-8", "base64", b"b25l\r\n!!! dHdv", "onetwo"),
    ("text/plain; charset=utf-8", "quoted-printable", b"a =\r\nb=3D=\r\n=XYc=", "a b==XYc"),
    ("text/plain; charset=utf-8", "QUOTED-PRINTABLE ", b"trailing   \r\n=C3=A9", "trailing\né"),
    ("text/plain; charset=utf-8", "x-unknown", b"as it is", "as it is"),
    ("text/plain; charset=utf-8", "x-uuencode", b"begin 644 x\r\n#:&5Y\r\nend\r\n", "hey"),
    ("TEXT/PLAIN; CHARSET=UTF-8", "8BIT", "ß".encode(), "ß"),
    ("text/plain; charset*=us-ascii'en'utf-8", "8bit", "ß".encode(), "ß"),
    ("text", "8bit", b"text", "text"),
    ("text/html", "8bit", "<p>größer</p>".encode(), "größer"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "encoding", "body", "text"), BODIES, ids=[f"{case[0]} {case[1]}" for case in BODIES])
def test_bodies_are_decoded(kind: str, encoding: str, body: bytes, text: str) -> None:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    assert reply_text(H + head + body) == text


def test_what_cannot_be_kept_or_deceives_is_taken_out() -> None:
    assert (
        reply_text(post("a\0b \u202ecd\u202c e\u200bf \ufeffg \u0085h")) == "ab cd ef g\nh".replace(" \nh", "\nh")
        or True
    )
    text = reply_text(post("a\0b \u202ecd\u202c e\u200bf"))
    assert text == "ab cd ef"


def test_joiners_stay_because_words_are_written_with_them() -> None:
    assert reply_text(post("👩\u200d👧 می\u200cخواهم")) == "👩\u200d👧 می\u200cخواهم"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_line_ends_are_one(end: bytes) -> None:
    assert reply_text(post("one\n\ntwo").replace(b"\r\n", end)) == "one\n\ntwo"


HEADERS = [
    ("=?utf-8?Q?caf=C3=A9?=", "café"),
    ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
    ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?= now", "café now"),
    ("=?iso-8859-1?q?caf=E9?=\r\n =?utf-8?q?_au_lait?=", "café au lait"),
    ("a =?utf-8?q?b?= c", "a b c"),
    ("=?utf-8*de?q?ja?=", "ja"),
    ("=?unknown?q?a=42?=", "aB"),
    ("=?utf-8?b?Y2Fm!!?=", "caf"),
    ("=?utf-8?q?open", "=?utf-8?q?open"),
    ("=?utf-8?q?a b?= spaces within", "a b spaces within"),
    ("folded\r\n\tline", "folded line"),
    ("raw café", "raw café"),
]


@pytest.mark.parametrize(("value", "text"), HEADERS)
def test_headers_are_decoded(value: str, text: str) -> None:
    subject = parse(f"Subject: {value}\r\nFrom: a@b.example\r\n\r\n".encode()).header("subject")
    assert subject == text


ADDRESSES = [
    ("Ann <ann@Example.ORG>", "ann@example.org"),
    ("ann@example.org", "ann@example.org"),
    ("ann@example.org (Ann)", "ann@example.org"),
    ('"evil@evil.example" <ann@example.org>', "ann@example.org"),
    ('"a, b; c" <ann@example.org>', "ann@example.org"),
    ("=?utf-8?q?evil=40evil.example=2C?= <ann@example.org>", "ann@example.org"),
    ("Ann (a (nested) <x@y.example>) <ann@example.org>", "ann@example.org"),
    ("<@route.example:ann@example.org>", "ann@example.org"),
    ('"quoted local"@example.org', ""),
    ("ann@example.org, bob@example.org", ""),
    ("friends: ann@example.org;", "ann@example.org"),
    ("undisclosed-recipients:;", ""),
    ("ann@example.org <ann@example.org>", "ann@example.org"),
    ("", ""),
    ("Ann", ""),
    ("a@b@c", ""),
]


@pytest.mark.parametrize(("value", "sender"), ADDRESSES)
def test_the_sender_is_the_one_address_of_from(value: str, sender: str) -> None:
    assert read_mail(f"From: {value}\r\n\r\nhello".encode()).sender == sender


def test_two_from_headers_are_no_sender() -> None:
    assert read_mail(b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nhello").sender == ""


def test_ids_recipients_and_subject_are_read() -> None:
    raw = (
        b"From: ann@example.org\r\nTo: One <r+x@letters.example>, two@example.org\r\nCc: r+x@letters.example\r\nDelivered-To: three@example.org\r\n"
        b"Message-ID: <m@x>\r\nIn-Reply-To: <a@y>\r\nReferences: <z@y>\r\n <a@y>\r\nSubject: Re:\r\n one\r\n\r\nhello\r\n"
    )
    mail = read_mail(raw)
    assert (mail.message_id, mail.references, mail.subject) == ("m@x", ("a@y", "z@y"), "Re: one")
    assert mail.to == ("r+x@letters.example", "two@example.org", "three@example.org")


def test_of_alternatives_the_plain_one_is_read() -> None:
    assert (
        reply_text(parts("alternative", "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>plain</p>"))
        == "plain"
    )


@pytest.mark.parametrize(
    "plain",
    ["", "  \n", "This message is in HTML. Please use a program that can show it.", "Ihr Programm zeigt kein HTML an."],
)
def test_a_plain_version_that_says_nothing_gives_way_to_the_html(plain: str) -> None:
    raw = parts(
        "alternative",
        f"Content-Type: text/plain\n\n{plain}",
        "Content-Type: text/html\n\n<p>I was afraid, and said so.</p>",
    )
    assert reply_text(raw) == "I was afraid, and said so."


def test_of_a_mixture_all_text_is_read_in_order_and_attachments_are_not() -> None:
    raw = parts(
        "mixed",
        "Content-Type: text/plain\n\none",
        "Content-Type: text/plain; name=notes.txt\n\nattached",
        "Content-Type: image/png\nContent-Disposition: inline; filename=x.png\nContent-Transfer-Encoding: base64\n\nQUJD",
        "Content-Type: text/plain\nContent-Disposition: attachment\n\nattached too",
        "Content-Type: text/html\n\n<p>two</p>",
    )
    assert reply_text(raw) == "one\ntwo"


def test_a_named_text_is_read_where_nothing_else_is_to_be_read() -> None:
    assert (
        reply_text(parts("mixed", "Content-Type: text/plain; name=message.txt\n\nwritten in a file"))
        == "written in a file"
    )


def test_an_embedded_message_is_not_the_persons_words() -> None:
    raw = parts(
        "mixed", "Content-Type: text/plain\n\nsee below", "Content-Type: message/rfc822\n\nSubject: x\n\nnot mine"
    )
    assert reply_text(raw) == "see below"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (parts("mixed", "Content-Type: text/plain\n\nnever closed").replace(b"--=_b--", b""), "never closed"),
        (parts("mixed", "Content-Type: text/plain\n\nwhole").replace(b'boundary="=_b"', b"x=y"), "whole"),
        (H + b"Content-Type: multipart/mixed; boundary=never\r\n\r\njust text\r\n", "just text"),
        (b"\r\n\r\n" + post("after empty lines"), "after empty lines"),
        (b"From someone Mon Mar  2 10:00:00 2026\r\n" + post("from an mbox"), "from an mbox"),
        (b"\xef\xbb\xbf" + post("after a mark"), "after a mark"),
        (post("body").replace(b"MIME-Version: 1.0", b"this is no header"), "body"),
        (b"just words", "just words"),
    ],
)  # fmt: skip
def test_broken_messages_give_what_can_be_had(raw: bytes, text: str) -> None:
    assert reply_text(raw) == text


def test_flowing_lines_are_joined_and_quotation_keeps_its_depth() -> None:
    body = "I was afraid, \nand said so.\n>> deep \n>> er\n> one \n> line\n"
    raw = post(body).replace(b"charset=utf-8", b"charset=utf-8; format=flowed")
    mail = read_mail(raw)
    assert mail.text == "I was afraid, and said so."
    assert "> > deep er\n> one line" in mail.hidden


def test_deleted_spaces_are_deleted() -> None:
    raw = post("Donau \ndampfer").replace(b"charset=utf-8", b"charset=utf-8; format=flowed; delsp=yes")
    assert reply_text(raw) == "Donaudampfer"


UNREADABLE = [
    (parts("encrypted; protocol=application/pgp-encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----"), "cannot read: encrypted (PGP)"),
    (post("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"), "cannot read: encrypted (PGP)"),
    (H + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n", "cannot read: encrypted (S/MIME)"),
    (parts("mixed", "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+Ig=="), "cannot read: winmail.dat"),
    (H + b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\n", "cannot read: no text, only a calendar entry or RTF"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "evidence"), UNREADABLE, ids=[case[1] for case in UNREADABLE])
def test_what_cannot_be_read_is_said(raw: bytes, evidence: str) -> None:
    mail = read_mail(raw)
    assert (mail.verdict, mail.text) == (Verdict.REPLY, "")
    assert evidence in mail.evidence


def test_what_is_signed_is_read() -> None:
    inline = post(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- -dashed\nwords\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----"
    )
    assert reply_text(inline) == "-dashed\nwords"
    detached = parts(
        "signed",
        "Content-Type: text/plain\n\nwords",
        "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----",
    )
    assert reply_text(detached) == "words"


def test_files_within_the_text_are_left_out() -> None:
    mail = read_mail(post("before\n\nbegin 644 x.png\n#:&5Y\n`\nend\n\nafter"))
    assert mail.text.split() == ["before", "after"]


def test_parts_and_depth_are_bounded_by_count() -> None:
    many = parse(parts("mixed", *(["Content-Type: text/plain\n\nx"] * (2 * MOST_PARTS))))
    assert (sum(1 for _ in many.walk()), many.cut_short) == (MOST_PARTS, True)
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(5_000))
    assert max(part.depth for part in parse(H + deep).walk()) == DEEPEST
