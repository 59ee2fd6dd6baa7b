"""What a provider posts: only what it signed is believed, what is believed is kept once, and nothing is answered too soon."""

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import Headers

from dripcourse.db.models import Delivery, Enrollment, ProviderEvent
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LeftReason
from dripcourse.domain.events import Told
from dripcourse.fakes.script import Post, scripted
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import SIGNATURE, TIMESTAMP, FakeSendgrid, Signer, event_body
from dripcourse.transports.sendgrid.transport import Sendgrid
from dripcourse.web.app import create_app
from dripcourse.web.hooks.sendgrid_events import MOST_BYTES, read_events
from dripcourse.web.hooks.signatures import verified_by
from tests.support.house import MONDAY, House
from tests.web.conftest import Site

PATH = "/hooks/sendgrid/events"
DELIVERY = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


def keyed(site: Site, *keys: str) -> Site:
    """The site with these keys for events."""
    rules = replace(site.house.parts.rules, event_keys=keys)
    parts = replace(site.house.parts, rules=rules)
    house = House(parts, site.house.folder)
    return Site(house, create_app(parts, house.clock))


@pytest.fixture
def hooked(site: Site, signer: Signer) -> Site:
    return keyed(site, signer.public_key)


def an_event(**said: object) -> dict[str, object]:
    return {
        "email": "reader@example.org",
        "timestamp": int(MONDAY.timestamp()),
        "event": "delivered",
        "sg_event_id": "an-id",
        "d": f"{DELIVERY}.1",
        **said,
    }


def post(site: Site, body: bytes, headers: dict[str, str]) -> int:
    return site.client.post(PATH, data=body, headers=headers, content_type="application/json").status_code


def signed(site: Site, signer: Signer, *events: object) -> int:
    body = event_body(list(events))
    return post(site, body, signer.headers(body, int(MONDAY.timestamp())))


def kept(site: Site) -> list[ProviderEvent]:
    with site.house.parts.db.read() as session:
        return list(session.scalars(select(ProviderEvent).order_by(ProviderEvent.id)))


# ---------------------------------------------------------------------------------------------------------- what is believed


def test_what_the_provider_signed_is_kept_once_and_answered_once_it_is(hooked: Site, signer: Signer) -> None:
    for _ in range(3):
        assert signed(hooked, signer, an_event(), an_event(sg_event_id="another")) == 204
    assert [event.id for event in kept(hooked)] == ["an-id", "another"]
    assert (kept(hooked)[0].delivery_id, kept(hooked)[0].kind) == (DELIVERY, "delivered")


def test_nothing_of_the_reader_is_kept_but_the_delivery(hooked: Site, signer: Signer) -> None:
    bounce = an_event(event="bounce", reason="550 reader@example.org?", ip="192.0.2.7", useragent="Reader's own")
    assert signed(hooked, signer, bounce) == 204
    dump = hooked.dump()
    assert "reader@example.org" not in dump
    assert "192.0.2.7" not in dump
    assert "Reader's own" not in dump.replace("''", "'")


def test_before_a_key_has_verified_anything_the_provider_is_asked_to_come_again(hooked: Site, signer: Signer) -> None:
    assert signed(hooked, Signer(), an_event()) == 503, "our key may be the one that is wrong"
    assert signed(hooked, signer, an_event()) == 204
    assert signed(hooked, Signer(), an_event(sg_event_id="forged")) == 401
    assert [event.id for event in kept(hooked)] == ["an-id"]


def test_without_a_key_nothing_is_taken_and_nothing_is_lost(site: Site, signer: Signer) -> None:
    assert signed(site, signer, an_event()) == 503
    assert kept(site) == []


def test_that_a_key_has_verified_something_is_known_to_every_process(hooked: Site, signer: Signer) -> None:
    signed(hooked, signer, an_event())
    other = Site(hooked.house, create_app(hooked.house.parts, hooked.house.clock))
    assert signed(other, Signer(), an_event(sg_event_id="forged")) == 401


def test_keys_are_changed_without_losing_an_event(site: Site, signer: Signer) -> None:
    new = Signer()
    signed(keyed(site, signer.public_key), signer, an_event(sg_event_id="1"))
    both = keyed(site, new.public_key, signer.public_key)
    assert signed(both, signer, an_event(sg_event_id="2")) == 204
    assert signed(both, Signer(), an_event()) == 503, "the new key may be the one that is wrong"
    assert signed(both, new, an_event(sg_event_id="3")) == 204
    assert signed(both, Signer(), an_event()) == 401
    only = keyed(site, new.public_key)
    assert signed(only, signer, an_event(sg_event_id="4")) == 401
    assert [event.id for event in kept(site)] == ["1", "2", "3"]


def test_an_old_post_that_is_sent_again_has_no_effect(hooked: Site, signer: Signer) -> None:
    body = event_body([an_event()])
    headers = signer.headers(body, int((MONDAY - timedelta(days=300)).timestamp()))
    assert post(hooked, body, headers) == 204
    before = hooked.dump()
    assert post(hooked, body, headers) == 204
    assert hooked.dump() == before


# ------------------------------------------------------------------------------------------------------------------ forgeries


def forgeries(body: bytes, headers: dict[str, str], seed: int) -> Iterator[tuple[bytes, dict[str, str]]]:
    """True posts, each changed in one place: a bit, a byte more or less, a header, a sign that changes sides."""
    dice = random.Random(seed)
    signature, timestamp = headers[SIGNATURE], headers[TIMESTAMP]
    while True:
        place, bit = dice.randrange(len(body)), 1 << dice.randrange(8)
        flipped = bytes([*body[:place], body[place] ^ bit, *body[place + 1 :]])
        raw = b64decode(signature)
        spot = dice.randrange(len(raw))
        bent = b64encode(bytes([*raw[:spot], raw[spot] ^ bit, *raw[spot + 1 :]])).decode()
        yield from (
            (flipped, headers),
            (body[:place] + body[place + 1 :], headers),
            (body[:place] + bytes([bit]) + body[place:], headers),
            (body, headers | {SIGNATURE: bent}),
            (body, headers | {SIGNATURE: signature[:place] + "\t" + signature[place:]}),
            (body, headers | {SIGNATURE: signature + "=" * dice.randrange(1, 3)}),
            (body, headers | {TIMESTAMP: str(int(timestamp) + dice.choice((-1, 1)) * dice.randrange(1, 10**6))}),
            (timestamp[-1:].encode() + body, headers | {TIMESTAMP: timestamp[:-1]}),
            (body[1:], headers | {TIMESTAMP: timestamp + "["}),
            (body[body.rindex(b"[") :], headers | {TIMESTAMP: timestamp + body[: body.rindex(b"[")].decode()}),
            (body, headers | {TIMESTAMP: "\u0660" + timestamp}),
            (body, {SIGNATURE: signature}),
            (body, {TIMESTAMP: timestamp}),
            (body, headers | {SIGNATURE: ""}),
            (body, {}),
            (body, Signer().headers(body, int(timestamp))),
        )


def test_thousands_of_forged_and_mutated_posts_are_all_refused(signer: Signer) -> None:
    body = event_body([an_event(), an_event(sg_event_id="another", event="bounce", category=["a list inside"])])
    headers = signer.headers(body, int(MONDAY.timestamp()))
    assert verified_by([signer.public_key], body, Headers(headers)) == signer.public_key
    for (forged, said), _ in zip(forgeries(body, headers, 5), range(6000), strict=False):
        assert verified_by([signer.public_key], forged, Headers(said)) is None


def test_a_forged_post_leaves_no_trace(hooked: Site, signer: Signer) -> None:
    signed(hooked, signer, an_event())
    body = event_body([an_event(sg_event_id="forged", category=["a list inside"])])
    headers = signer.headers(body, int(MONDAY.timestamp()))
    before = hooked.dump()
    tried = [(forged, said) for (forged, said), _ in zip(forgeries(body, headers, 7), range(60), strict=False)]
    sendable = [(forged, said) for forged, said in tried if all(value.isascii() for value in said.values())]
    assert {post(hooked, forged, said) for forged, said in sendable} == {401}
    assert hooked.dump() == before


def test_only_posts_are_answered_and_no_form_of_ours_is_any_larger_for_it(hooked: Site) -> None:
    assert hooked.get(PATH).status_code == 405
    assert hooked.client.post("/c/slow-letters", data=b"x" * 200_000).status_code == 413


def test_a_post_larger_than_any_form_is_taken_and_one_without_end_is_not(hooked: Site, signer: Signer) -> None:
    many = [an_event(sg_event_id=f"{number}", reason="r" * 200) for number in range(1500)]
    assert signed(hooked, signer, *many) == 204
    assert len(kept(hooked)) == 1500
    assert post(hooked, b"[" * (MOST_BYTES + 1), {SIGNATURE: "AAAA", TIMESTAMP: "1"}) == 413


def test_a_database_that_is_away_is_told_so_and_the_events_come_again(hooked: Site, signer: Signer) -> None:
    hooked.house.parts.db.close()
    file = hooked.house.folder / "truth.db"
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    assert signed(hooked, signer, an_event()) == 503
    file.rmdir()
    file.with_suffix(".away").rename(file)
    assert signed(hooked, signer, an_event()) == 204


# ------------------------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"event": "processed"}, Told.PROCESSED),
        ({"event": "deferred"}, Told.DEFERRED),
        ({"event": "delivered"}, Told.DELIVERED),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, Told.NOBODY),
        ({"event": "bounce", "type": "bounce", "status": "5.0.0", "reason": "550 5.1.1 <x@y>: gone"}, Told.NOBODY),
        ({"event": "bounce", "type": "bounce", "reason": "550 5.1.10 RecipientNotFound"}, Told.NOBODY),
        ({"event": "bounce", "type": "bounce", "status": "5.1.12"}, Told.BLOCKED),
        ({"event": "bounce", "type": "bounce", "reason": "from 10.5.1.1: no"}, Told.BLOCKED),
        ({"event": "bounce", "type": "bounce", "status": "5.2.2"}, Told.FULL),
        ({"event": "bounce", "type": "blocked", "status": "5.1.1"}, Told.BLOCKED),
        ({"event": "bounce"}, Told.BLOCKED),
        ({"event": "dropped", "reason": "Bounced Address"}, Told.DROPPED),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, Told.DROPPED_COMPLAINT),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, Told.DROPPED_ASKED),
        ({"event": "dropped", "reason": "a new one"}, Told.DROPPED),
        ({"event": "spamreport"}, Told.COMPLAINT),
        ({"event": "unsubscribe"}, Told.ASKED),
        ({"event": "group_unsubscribe"}, Told.ASKED),
        ({"event": "open"}, None),
        ({"event": "click"}, None),
        ({"event": "account_status_change"}, None),
        ({"event": 7}, None),
        ({"d": "somebody-else's"}, None),
        ({"d": None}, None),
        ({"d": f"{DELIVERY}.1.1"}, None),
    ],
)
def test_what_is_read_from_an_event(said: dict[str, Any], kind: Told | None) -> None:
    found = list(read_events(event_body([an_event(**said)]), MONDAY))
    assert [event.kind for event in found] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "body",
    [
        b"[",
        b"[1, null, [], {}]",
        b"[" * 100_000,
        event_body([an_event(timestamp="soon", reason=7, status=[], sg_event_id=None)]),
        event_body([an_event(timestamp=10**30, reason="\0\ud800" * 300, sg_event_id="i" * 200)]),
        event_body([an_event(timestamp=float("inf"))]),
    ],
)
def test_whatever_is_signed_is_taken_without_a_fault(hooked: Site, signer: Signer, body: bytes) -> None:
    for _ in range(2):
        assert post(hooked, body, signer.headers(body, 1)) == 204
    assert len(kept(hooked)) == (1 if DELIVERY.encode() in body else 0)


# -------------------------------------------------------------------------------------------------------- with the stand-in


@dataclass
class Trial:
    """A site that sends by the stand-in, and hears its events when `listen` is called."""

    site: Site
    fake: FakeSendgrid
    door: Sendgrid

    def listen(self, *, until_nothing_comes: bool = True) -> None:
        account, now = self.fake.account, self.site.house.now
        for batch in account.due(now + timedelta(days=1) if until_nothing_comes else now):
            body = event_body(batch.events)
            status = post(self.site, body, self.fake.signer.headers(body, int(now.timestamp())))
            assert status == 204
            account.heard(batch, status, now)
        self.site.house.tick()

    def states(self) -> dict[str, int]:
        with self.site.house.parts.db.read() as session:
            found = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
        return {state.value: number for state, number in found}


@pytest.fixture
def trial(site: Site) -> Iterator[Trial]:
    fake = FakeSendgrid(Account(), site.house.clock)
    fake.start()
    door = Sendgrid("SG.key", fake.url)
    house = site.house
    house.parts = replace(
        house.parts, transport=door, rules=replace(house.parts.rules, event_keys=(fake.signer.public_key,))
    )
    there = House(house.parts, house.folder)
    fake._clock = there.clock
    yield Trial(Site(there, create_app(there.parts, there.clock)), fake, door)
    door.close()
    fake.stop()


def test_a_readers_fate_at_the_provider_is_carried_into_the_course(trial: Trial) -> None:
    house = trial.site.house
    names = ("delivered", "deferred", "bounce", "nobody", "blocked", "dropped", "unwanted", "spamreport", "unsubscribe")
    enrolled = {name: house.enroll(f"{name}@example.org") for name in names}
    house.tick()
    trial.listen()
    assert trial.states() == {"delivered": 4, "bounced": 1, "held": 3, "refused": 1}
    with house.parts.db.read() as session:
        left = {name: session.get_one(Enrollment, ident).left_reason for name, ident in enrolled.items()}
    assert {name: reason for name, reason in left.items() if reason} == {
        "nobody": LeftReason.BOUNCED,
        "unwanted": LeftReason.COMPLAINT,
        "spamreport": LeftReason.COMPLAINT,
        "unsubscribe": LeftReason.ASKED,
    }


def test_answers_that_were_lost_are_found_again_by_events_late_doubled_and_shuffled(trial: Trial) -> None:
    house = trial.site.house
    trial.fake.account._steps = scripted("events late=5 copies=4 shuffled\n" + "drop\ncut\naccept\n" * 20)
    for number in range(30):
        house.enroll(f"reader{number}@example.org")
    house.tick()
    assert trial.states()["unsure"] > 5
    for _ in range(5):
        house.turn(hours=1)
        house.tick()
        trial.listen()
    assert trial.states() == {DeliveryState.DELIVERED.value: 30}
    assert len(trial.fake.account.taken) == 30


def test_the_stand_in_posts_by_itself_what_it_has_to_tell(tmp_path: Path) -> None:
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    got: list[tuple[bytes, dict[str, str]]] = []
    enough = threading.Event()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, dict(self.headers)))
            self.send_response(503 if len(got) == 1 else 204)
            self.end_headers()
            if len(got) > 1:
                enough.set()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    now = [MONDAY]
    account = Account()
    fake = FakeSendgrid(account, lambda: now[0], events_url=f"http://127.0.0.1:{server.server_port}{PATH}")
    fake.start()
    with fake._lock:
        account.tell([an_event()], Post(), MONDAY)
    for _ in range(100):
        now[0] += timedelta(seconds=1)
        if enough.wait(0.05):
            break
    fake.stop()
    server.shutdown()
    server.server_close()
    assert len(got) >= 2, "what was not taken comes again"
    assert all(json.loads(body) == [an_event()] for body, _ in got)
    assert all(verified_by([fake.signer.public_key], body, Headers(said)) for body, said in got)


# ------------------------------------------------------------------------------------------------ what a bounce is about

WORDS = [
    ({"status": "5.2.2", "reason": "552 5.2.2 The recipient's inbox is over quota"}, Told.FULL),
    ({"status": "5.7.1", "reason": "550 5.7.1 Messages from [192.0.2.1] were not sent: the network is on our block list (S3150)"}, Told.POLICY),
    ({"status": "5.1.1", "reason": "550 5.1.1 Message rejected as spam: 192.0.2.1 is on our deny list"}, Told.POLICY),
    ({"status": "5.1.8", "reason": "553 5.1.8 Domain of sender address letters@course.example does not exist"}, Told.POLICY),
    ({"status": "5.1.1", "reason": "550 SPF check failed: user unknown"}, Told.POLICY),
    ({"status": "5.0.0", "reason": "550 Rejected"}, Told.POLICY),
    ({"type": "expired", "status": "4.4.1", "reason": "the other server did not answer for 72 hours"}, Told.BLOCKED),
    ({"type": "expired", "status": "5.1.1", "reason": "550 5.1.1 User unknown"}, Told.BLOCKED),
    ({"type": "blocked", "status": "5.1.1", "reason": "550 5.1.1 User unknown"}, Told.BLOCKED),
    ({"type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 blocked using zen.spamhaus.org"}, Told.POLICY),
    ({"reason": ""}, Told.BLOCKED),
    ({"status": "5.1.1", "reason": "550 5.1.1 No such user here"}, Told.NOBODY),
    ({"status": "5.1.1", "reason": "550 5.1.1 The email account that you tried to reach does not exist."}, Told.NOBODY),
    ({"status": "5.1.10", "reason": "550 5.1.10 RESOLVER.ADR.RecipientNotFound"}, Told.NOBODY),
    ({"status": "5.0.0", "reason": "550 Requested action not taken: mailbox unavailable"}, Told.BOUNCED),
]  # fmt: skip


@pytest.mark.parametrize(("words", "kind"), WORDS)
def test_a_bounce_event_is_judged_by_its_words_as_returned_mail_is(words: dict[str, str], kind: Told) -> None:
    [event] = read_events(event_body([an_event(**{"event": "bounce", "type": "bounce", **words})]), MONDAY)
    assert event.kind is kind
