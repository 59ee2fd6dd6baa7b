"""Mail that SendGrid posts: only what it vouches for is believed, and nothing of it is lost on the way, not one letter."""

import json
import os
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Inbound
from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES, Arrival
from dripcourse.fakes.serve import Signer
from dripcourse.services.incoming import store
from dripcourse.web.app import create_app
from dripcourse.web.hooks.inbound_form import UNREADABLE, read_post
from tests.support.house import ENVIRONMENT, MONDAY, House
from tests.web.conftest import Site

PATH = "/hooks/sendgrid/inbound"
SECRET = "a-secret-of-the-path"
TOKEN = f"r+{'a' * 42}@{ENVIRONMENT['REPLY_DOMAIN']}"
ENVELOPE = json.dumps({"to": [TOKEN], "from": "reader@example.org"}).encode()
FORM = "multipart/form-data; boundary=xYzZY"
RAW = (
    b"From: reader@example.org\r\nMessage-ID: <one@example.org>\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\nA caf\xe9, and no words.\r\n"
)
HEADERS = (
    b"Received: by mx.example.org\nFrom: Reader <reader@example.org>\nSubject: =?utf-8?q?Re=3A_A_letter?=\n"
    b"Message-ID: <two@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/alternative;\n boundary=theirs\n\n"
)


def form(*fields: tuple[str, bytes]) -> bytes:
    """A form as SendGrid writes it; a name may bring its own further parameters and headers."""
    parts = [
        b'--xYzZY\r\nContent-Disposition: form-data; name="%s\r\n\r\n%s\r\n'
        % ((name if '"' in name else name + '"').encode(), value)
        for name, value in fields
    ]
    return b"".join(parts) + b"--xYzZY--\r\n"


def raw_form(raw: bytes = RAW) -> bytes:
    return form(("email", raw), ("envelope", ENVELOPE), ("SPF", b"pass"), ("dkim", b"{@example.org : pass}"))


def site_with(site: Site, *keys: str, secret: str | None = None) -> Site:
    rules = replace(site.house.parts.rules, inbound_keys=keys, inbound_secret=secret)
    parts = replace(site.house.parts, rules=rules)
    house = House(parts, site.house.folder)
    return Site(house, create_app(parts, house.clock))


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def hooked(site: Site, signer: Signer) -> Site:
    return site_with(site, signer.public_key, secret=SECRET)


def post(site: Site, body: bytes, headers: dict[str, str], path: str = PATH, content_type: str = FORM) -> int:
    return site.client.post(path, data=body, headers=headers, content_type=content_type).status_code


def signed(site: Site, signer: Signer, body: bytes) -> int:
    return post(site, body, signer.headers(body, int(MONDAY.timestamp())))


def kept(site: Site) -> list[Arrival]:
    with site.house.parts.db.read() as session:
        rows = session.scalars(select(Inbound).order_by(Inbound.received_at, Inbound.size))
        return [replace(store.read(site.house.parts, row), note=row.reason) for row in rows]


# ------------------------------------------------------------------------------------------------------------ what is believed


def test_a_signed_post_is_kept_as_it_came_before_it_is_answered(hooked: Site, signer: Signer) -> None:
    assert signed(hooked, signer, raw_form()) == 200
    [arrival] = kept(hooked)
    assert (arrival.raw, arrival.rcpt, arrival.sender) == (RAW, (TOKEN,), "reader@example.org")
    assert (arrival.spf, arrival.dkim, arrival.note) == ("pass", "{@example.org : pass}", "")


def test_a_post_that_is_sent_again_is_kept_once(hooked: Site, signer: Signer) -> None:
    for _ in range(3):
        assert signed(hooked, signer, raw_form()) == 200
    assert signed(hooked, signer, form(("SPF", b"fail"), ("envelope", ENVELOPE), ("email", RAW))) == 200
    assert len(kept(hooked)) == 1


def test_what_is_not_signed_is_refused_and_leaves_no_trace(hooked: Site, signer: Signer) -> None:
    body = raw_form()
    assert signed(hooked, signer, body) == 200
    before = hooked.dump()
    true = signer.headers(body, 1)
    forged = body.replace(b"no words", b"my words")
    assert {post(hooked, forged, true), post(hooked, forged, {}), signed(hooked, Signer(), forged)} == {401}
    assert post(hooked, body + b"\n", true) == 401
    assert hooked.dump() == before


def test_before_the_key_has_verified_a_message_the_provider_is_asked_to_come_again(
    hooked: Site, signer: Signer
) -> None:
    hooked.house.tick()
    assert hooked.get("/readyz").status_code == 200
    assert signed(hooked, Signer(), raw_form()) == 503, "our key may be the one that is wrong"
    ready = hooked.get("/readyz")
    assert ready.status_code == 503
    assert "SENDGRID_INBOUND_PUBLIC_KEY" in ready.get_data(as_text=True)
    assert kept(hooked) == []
    assert signed(hooked, signer, raw_form()) == 200
    assert hooked.get("/readyz").status_code == 200
    assert signed(hooked, Signer(), raw_form(RAW + b"more")) == 401
    assert hooked.get("/readyz").status_code == 200, "a forgery is no fault of ours"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/{SECRET}"])
def test_without_a_key_and_a_secret_nothing_is_taken_and_nothing_is_lost(site: Site, signer: Signer, path: str) -> None:
    body = raw_form()
    site.house.tick()
    assert post(site, body, signer.headers(body, 1), path) == 503
    assert site.get("/readyz").status_code == 503
    assert kept(site) == []


def test_keys_are_changed_without_losing_a_message(site: Site, signer: Signer) -> None:
    new = Signer()
    signed(site_with(site, signer.public_key), signer, raw_form())
    both = site_with(site, new.public_key, signer.public_key)
    assert signed(both, signer, raw_form(RAW + b"2")) == 200
    assert signed(both, Signer(), raw_form(RAW + b"x")) == 503, "the new key may be the one that is wrong"
    assert signed(both, new, raw_form(RAW + b"3")) == 200
    assert signed(both, Signer(), raw_form(RAW + b"x")) == 401
    assert len(kept(site)) == 3


def test_the_secret_in_the_address_serves_an_account_that_cannot_sign(hooked: Site) -> None:
    wrong = f"{PATH}/{SECRET[:-1]}x"
    assert post(hooked, raw_form(), {}, wrong) == 503, "until a message came by it, it may be ours that is wrong"
    assert post(hooked, raw_form(), {}, f"{PATH}/{SECRET}") == 200
    assert post(hooked, raw_form(RAW + b"x"), {}, wrong) == 401
    assert post(hooked, raw_form(RAW + b"x"), {}) == 503, "that the secret is right says nothing of the key"
    assert [arrival.raw for arrival in kept(hooked)] == [RAW]


def test_a_database_that_is_away_is_told_so_and_the_message_comes_again(hooked: Site, signer: Signer) -> None:
    hooked.house.parts.db.close()
    file = hooked.house.folder / "truth.db"
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    assert signed(hooked, signer, raw_form()) == 503
    file.rmdir()
    file.with_suffix(".away").rename(file)
    assert signed(hooked, signer, raw_form()) == 200


# --------------------------------------------------------------------------------------------------------------------- sizes


def test_a_long_message_is_kept_whole_and_no_form_of_ours_is_any_larger_for_it(hooked: Site, signer: Signer) -> None:
    raw = RAW + b"A line of what was attached.\r\n" * 100_000
    assert signed(hooked, signer, raw_form(raw)) == 200
    assert [arrival.raw for arrival in kept(hooked)] == [raw]
    assert hooked.client.post("/c/slow-letters", data=b"x" * 200_000).status_code == 413


def test_of_a_message_that_is_too_large_the_head_is_kept_and_the_answer_is_yes(hooked: Site, signer: Signer) -> None:
    body = form(("envelope", ENVELOPE), ("email", RAW + b"x" * MOST_BYTES))
    assert signed(hooked, signer, body) == 200
    [arrival] = kept(hooked)
    assert arrival.raw.startswith(RAW)
    assert len(arrival.raw) < HEAD_BYTES < MOST_BYTES < arrival.size
    assert arrival.rcpt == (TOKEN,)
    assert "too large" in arrival.note
    assert signed(hooked, Signer(), body) == 401, "nor is a large forgery believed"


# -------------------------------------------------------------------------------------------------------------- the default form

SAMPLES = {
    "iso-8859-1": "Ein Café, und keine Worte für „uns“.".replace("„", '"').replace("“", '"'),
    "windows-1252": "It was hard — and “good”, 5 €.",
    "shift-jis": "昨日は、つらい一日でした。表現ソ",
    "gb18030": "今天很难,可是很好。𠀀",
    "iso-2022-jp": "昨日は、つらい一日でした。",
    "koi8-r": "Мне было тяжело.",
    "utf-8": "Alles Gute 💌",
    "utf-16": "two bytes a letter",
}


def default_form(text: str, charset: str, *more: tuple[str, bytes]) -> bytes:
    charsets = {"to": "UTF-8", "subject": "UTF-8", "from": "UTF-8", "text": charset, "html": charset}
    return form(
        ("headers", HEADERS),
        ("text", text.encode(charset)),
        ("charsets", json.dumps(charsets).encode()),
        ("envelope", ENVELOPE),
        ("SPF", b"softfail"),
        ("dkim", b"none"),
        *more,
    )


def message(body: bytes) -> EmailMessage:
    arrival = read_post([body], FORM)
    assert arrival.note == ""
    found = message_from_bytes(arrival.raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def content(part: Message | None) -> str:
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@pytest.mark.parametrize("charset", SAMPLES)
def test_every_letter_of_every_charset_comes_through(hooked: Site, charset: str) -> None:
    text = f"{SAMPLES[charset]}\r\nA second line.\r\n"
    html = f"<p>{SAMPLES[charset]}</p>"
    body = default_form(text, charset, ("html", html.encode(charset)))
    assert post(hooked, body, {}, f"{PATH}/{SECRET}") == 200
    [arrival] = kept(hooked)
    found = message_from_bytes(arrival.raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert content(found.get_body(("plain",))).splitlines() == text.splitlines()
    assert content(found.get_body(("html",))).strip() == html
    assert (arrival.spf, arrival.dkim, arrival.rcpt) == ("softfail", "none", (TOKEN,))


def test_the_headers_are_those_that_came_but_for_those_of_the_body() -> None:
    found = message(default_form("Words.", "utf-8"))
    assert [(name, str(value)) for name, value in found.items()][:4] == [
        ("Received", "by mx.example.org"),
        ("From", "Reader <reader@example.org>"),
        ("Subject", "Re: A letter"),
        ("Message-ID", "<two@example.org>"),
    ]
    assert found.get_content_type() == "text/plain"
    assert content(found) == "Words."


def test_without_headers_what_the_form_tells_of_them_must_do() -> None:
    told = (("from", "Zoë <reader@example.org>"), ("to", TOKEN), ("subject", "Über\r\nX-Evil: uns"), ("text", "Ja."))
    found = message(form(*((name, text.encode()) for name, text in told)))
    assert found["from"].addresses[0].addr_spec == "reader@example.org"
    assert (found["subject"], found["x-evil"], found["to"]) == ("Über X-Evil: uns", None, TOKEN)
    assert content(found) == "Ja."


def test_what_was_attached_is_there_byte_for_byte_under_its_name() -> None:
    photo = bytes(range(256)) * 50
    body = default_form(
        "Look.",
        "utf-8",
        ('attachment2"; filename="b.txt"\r\nContent-Type: text/plain', "ü".encode("latin-1")),
        ('attachment10"; filename="a photo.jpg"\r\nContent-Type: image/jpeg', photo),
        ("attachment-info", json.dumps({"attachment2": {"charset": "iso-8859-1"}}).encode()),
    )
    found = message(body)
    text, photograph = found.iter_attachments()
    assert content(found.get_body(("plain",))) == "Look."
    assert (text.get_filename(), text.get_content()) == ("b.txt", "ü")
    assert (photograph.get_filename(), photograph.get_content()) == ("a photo.jpg", photo)


def test_a_bounce_is_still_a_report() -> None:
    status = b"Reporting-MTA: dns; mx.example.org\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    headers = HEADERS.replace(b"multipart/alternative;", b"multipart/report; report-type=delivery-status;")
    found = message(
        form(
            ("headers", headers),
            ("text", b"Nobody here."),
            ('attachment1"; filename=""\r\nContent-Type: message/delivery-status', status),
        )
    )
    assert found.get_content_type() == "multipart/report"
    assert found.get_param("report-type") == "delivery-status"
    _, report = found.iter_parts()
    assert [part["status"] for part in report.get_payload()] == [None, "5.1.1"]


def test_a_reply_that_flows_still_flows() -> None:
    headers = b"From: reader@example.org\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n"
    found = message(form(("headers", headers), ("text", b"One \r\nline.")))
    assert (found.get_param("format"), found.get_param("delsp")) == ("flowed", "yes")


def test_the_same_pieces_in_another_order_are_the_same_message(hooked: Site) -> None:
    fields = [("headers", HEADERS), ("text", b"Words."), ("html", b"<p>Words.</p>"), ("envelope", ENVELOPE)]
    fields += [(f'attachment{n}"; filename="{n}.txt', b"n" * n) for n in (1, 2, 10)]
    for order in (fields, fields[::-1]):
        assert post(hooked, form(*order), {}, f"{PATH}/{SECRET}") == 200
    assert len(kept(hooked)) == 1


# ---------------------------------------------------------------------------------------------------------- what is not as it should

WRONG = {
    "nothing": (b"", "text/plain"),
    "no form": (b"hello", "text/plain"),
    "no type": (b"hello", ""),
    "no boundary": (raw_form(), "multipart/form-data"),
    "another boundary": (raw_form(), "multipart/form-data; boundary=other"),
    "broken off": (raw_form()[:-40], FORM),
    "broken off in a header": (form(("SPF", b"pass"))[:30], FORM),
    "a part without a name": (b"--xYzZY\r\nX: y\r\n\r\nwords\r\n--xYzZY--\r\n", FORM),
    "no message in it": (form(("SPF", b"pass")), FORM),
    "a header in no charset": (b'--xYzZY\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--xYzZY--', FORM),
    "too many parts": (form(*[("x", b"y")] * 3000, ("email", RAW)), FORM),
    "an urlencoded form": (b"email=From%3A+x", "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_read_is_kept_as_it_came_and_says_so(hooked: Site, signer: Signer, wrong: str) -> None:
    body, content_type = WRONG[wrong]
    assert post(hooked, body, signer.headers(body, 1), PATH, content_type) == 200
    [arrival] = kept(hooked)
    assert (arrival.raw, arrival.note) == (body, UNREADABLE)


@pytest.mark.parametrize(
    ("envelope", "rcpt", "sender"),
    [
        (b'{"to":["a@b.example"],"from":""}', ("a@b.example",), ""),
        (b'{"to":"a@b.example"}', ("a@b.example",), None),
        (b'{"to":[1,null,{}],"from":7}', (), None),
        (b'{"to":["\\ud800@b.example"]}', ("\ud800@b.example",), None),
        (b"[" * 50_000, (), None),
        (b'"to"', (), None),
        (b"\xff\xfe", (), None),
        (b"", (), None),
    ],
)
def test_an_envelope_of_any_kind_is_no_reason_to_lose_a_message(
    hooked: Site, envelope: bytes, rcpt: tuple[str, ...], sender: str | None
) -> None:
    assert post(hooked, form(("envelope", envelope), ("email", RAW)), {}, f"{PATH}/{SECRET}") == 200
    [arrival] = kept(hooked)
    assert (arrival.raw, arrival.rcpt, arrival.sender) == (RAW, rcpt, sender)


@pytest.mark.parametrize("charsets", [b"{", b'{"text": "x\\r\\nX-Evil: y"}', b'{"text": null}', b"[]", b'{"text": 7}'])
def test_a_charset_of_any_kind_breaks_no_header(charsets: bytes) -> None:
    found = message(form(("headers", HEADERS), ("text", b"Words."), ("charsets", charsets)))
    assert (found["x-evil"], found.get_content_charset(), content(found)) == (None, "utf-8", "Words.")


def real_posts() -> list[Path]:
    shared = os.environ.get("DRIPCOURSE_SHARED")
    return sorted(Path(shared, "corpora/mail/sendgrid-inbound").glob("*.txt")) if shared else []


def test_real_posts_are_read_as_the_messages_they_were(hooked: Site) -> None:
    if not real_posts():
        pytest.skip("DRIPCOURSE_SHARED does not lead to real posts")
    words = {"encoding": "World €", "spam": "GTUBE-STANDARD-ANTI-UBE-TEST", "valid": "bold text"}
    for file in real_posts():
        body = file.read_bytes().partition(b"\r\n\r\n")[2]
        assert post(hooked, body, {}, f"{PATH}/{SECRET}") == 200
        found = message(body)
        assert words[file.stem] in content(found.get_body(("plain",)))
        assert found["message-id"].endswith("@opennorth.ca>")
        assert len(list(found.iter_attachments())) == (4 if file.stem == "valid" else 0)
    assert len(kept(hooked)) == 3
    assert {arrival.rcpt for arrival in kept(hooked)} == {("foo+bar@parolecitoyenne.com",)}
    assert {arrival.note for arrival in kept(hooked)} == {"to none of our addresses"}
