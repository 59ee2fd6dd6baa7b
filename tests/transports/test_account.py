"""What `doctor` says of an account at SendGrid: asked of the stand-in over a real connection, judged as the host reads it."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dripcourse.domain.finding import Finding, Level
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.fakes.standing import Standing
from dripcourse.transports.sendgrid.account import ask
from dripcourse.transports.sendgrid.audit import PLACES, judge
from dripcourse.transports.sendgrid.webhook_audit import Wanted
from tests.transports.contract import NOW

BASE, REPLIES = "https://letters.example.org", "reply.example.org"
EVENTS, INBOUND = f"{BASE}/hooks/sendgrid/events", f"{BASE}/hooks/sendgrid/inbound"
WANTED = Wanted(BASE, REPLIES, ("event-key",), ("inbound-key",), None, other_door=False)


def sound() -> Standing:
    """An account that is set up as the documents say."""
    standing = Standing()
    for name in ("open", "click"):
        standing.said[PLACES[name]]["enabled"] = False
    standing.said[PLACES["access"]]["result"] = [{"id": 1, "ip": "192.0.2.1/32", "created_at": 1, "updated_at": 1}]
    standing.hook(EVENTS, "event-key")
    standing.parse(REPLIES, INBOUND, public_key="inbound-key")
    return standing


@pytest.fixture
def fake() -> Iterator[FakeSendgrid]:
    running = FakeSendgrid(Account(), lambda: NOW)
    running.account.standing = sound()
    running.start()
    yield running
    running.stop()


def found(fake: FakeSendgrid, wanted: Wanted = WANTED, key: str = "SG.key") -> list[Finding]:
    return list(judge(ask(key, fake.url), wanted))


def not_well(findings: list[Finding]) -> list[tuple[Level, str]]:
    return [(each.level, each.about) for each in findings if each.level is not Level.WELL]


def test_an_account_that_is_set_up_well_is_found_so_and_nothing_was_sent(fake: FakeSendgrid) -> None:
    assert not_well(found(fake)) == []
    assert fake.account.taken == []
    assert fake.account.answered == [], "no mail was even tried"


def switch(name: str, field: str, value: object) -> Callable[[Standing], object]:
    return lambda standing: standing.said[PLACES[name]].update({field: value})


def mail_setting(name: str) -> Callable[[Standing], None]:
    def change(standing: Standing) -> None:
        (one,) = (each for each in standing.said[PLACES["mail"]]["result"] if each["name"] == name)
        one["enabled"] = True

    return change


def hook(**fields: object) -> Callable[[Standing], None]:
    return lambda standing: standing.said[PLACES["events"]]["webhooks"][0].update(fields)


def inbound(**fields: object) -> Callable[[Standing], None]:
    return lambda standing: standing.said[PLACES["parse"]]["result"][0].update(fields)


@pytest.mark.parametrize(
    ("change", "level", "about"),
    [
        (switch("open", "enabled", True), Level.LOOK, "trackers"),
        (switch("click", "enabled", True), Level.LOOK, "trackers"),
        (switch("google", "enabled", True), Level.LOOK, "trackers"),
        (switch("subscription", "enabled", True), Level.LOOK, "trackers"),
        (mail_setting("bcc"), Level.WRONG, "mail settings"),
        (mail_setting("footer"), Level.LOOK, "mail settings"),
        (mail_setting("forward_spam"), Level.LOOK, "mail settings"),
        (hook(url="https://elsewhere.example/events"), Level.WRONG, "events"),
        (hook(enabled=False), Level.WRONG, "events"),
        (hook(public_key=""), Level.WRONG, "events"),
        (hook(public_key="another"), Level.WRONG, "events"),
        (hook(bounce=False), Level.LOOK, "events"),
        (hook(open=True), Level.LOOK, "events"),
        (lambda standing: standing.hook("https://spy.example", "key"), Level.LOOK, "events"),
        (inbound(hostname="other.example.org"), Level.WRONG, "replies"),
        (inbound(url="https://elsewhere.example/inbound"), Level.WRONG, "replies"),
        (inbound(send_raw=False), Level.LOOK, "replies"),
        (switch("policies", "policies", []), Level.WRONG, "replies"),
        (switch("access", "result", []), Level.LOOK, "access"),
        (switch("key", "scopes", [*Standing().said["/v3/scopes"]["scopes"], "templates.update"]), Level.LOOK, "key"),
        (
            lambda standing: standing.said[PLACES["key"]]["scopes"].remove("mail.send"),
            Level.WRONG,
            "key",
        ),
        (
            lambda standing: standing.said[PLACES["groups"]].append({"id": 1, "name": "A", "is_default": True}),
            Level.LOOK,
            "groups",
        ),
    ],
)
def test_each_thing_that_is_not_well_is_found_and_says_what_to_do(
    fake: FakeSendgrid, change: Callable[[Standing], object], level: Level, about: str
) -> None:
    change(fake.account.standing)
    findings = found(fake)
    assert (level, f"SendGrid: {about}") in not_well(findings)
    assert all(each.about == f"SendGrid: {about}" for each in findings if each.level is not Level.WELL)
    assert all(each.do for each in findings if each.level is not Level.WELL)


def test_mail_may_come_in_by_another_door_or_at_a_secret_address(fake: FakeSendgrid) -> None:
    fake.account.standing.said[PLACES["parse"]]["result"].clear()
    fake.account.standing.said[PLACES["policies"]]["policies"].clear()
    assert not_well(found(fake, replace(WANTED, other_door=True, inbound_keys=()))) == []
    fake.account.standing.parse(REPLIES, f"{INBOUND}/a-secret-of-ours")
    by_secret = replace(WANTED, inbound_keys=(), inbound_secret="a-secret-of-ours")
    assert not_well(found(fake, by_secret)) == []
    assert "a-secret-of-ours" not in repr(by_secret)
    findings = found(fake, replace(by_secret, inbound_secret="another"))
    assert not_well(findings) == [(Level.WRONG, "SendGrid: replies")]
    assert "a-secret-of-ours" not in str(findings)


def test_unsigned_mail_that_nobody_would_believe_is_found(fake: FakeSendgrid) -> None:
    assert (Level.WRONG, "SendGrid: replies") in not_well(found(fake, replace(WANTED, inbound_keys=())))


def test_a_key_that_may_not_look_is_no_fault_and_a_key_that_nobody_knows_is(fake: FakeSendgrid) -> None:
    fake.account.standing.said[PLACES["key"]]["scopes"] = ["mail.send"]
    assert not_well(found(fake)) == [(Level.UNSEEN, "SendGrid")]
    assert not_well(found(fake, key=" ")) == [(Level.WRONG, "SendGrid: key")]


def test_answers_of_another_shape_are_unseen(fake: FakeSendgrid) -> None:
    fake.account.standing.said[PLACES["mail"]] = ["something else"]
    assert (Level.UNSEEN, "SendGrid: mail") in not_well(found(fake))


def test_whoever_does_not_answer_is_waited_for_once_and_nothing_is_concluded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        told = ask("SG.key", f"http://127.0.0.1:{deaf.getsockname()[1]}", each=0.2, together=0.5)
        deaf.settimeout(0.1)
        assert deaf.accept()
        with pytest.raises(TimeoutError):
            deaf.accept()
    findings = list(judge(told, WANTED))
    assert not_well(findings) == [(Level.UNSEEN, "SendGrid")]
    nobody = list(judge(ask("SG.key", f"http://127.0.0.1:{free()}"), WANTED))
    assert not_well(nobody) == [(Level.UNSEEN, "SendGrid")]


def free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
