"""The stand-in's account: what it answers, what it remembers, what it has to tell; all the same for the same script or seed."""

import json
import socket
import urllib.request
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from dripcourse.domain.errors import UsageError
from dripcourse.fakes.script import Manner, Post, Step, drawn, scripted
from dripcourse.fakes.sendgrid import Account, fates_of
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.transports.sendgrid.transport import request_body
from tests.transports.contract import NOW, a_mail, read

HEADERS = {"Authorization": "Bearer SG.key", "Content-Type": "application/json"}


def body(**said: object) -> bytes:
    return request_body(a_mail(**said))


def told(account: Account, within: timedelta = timedelta(days=2)) -> list[dict[str, object]]:
    return [event for batch in account.due(NOW + within) for event in batch.events]


# -------------------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("headers", "sent", "status"),
    [
        ({}, body(), 401),
        ({"Authorization": "Bearer "}, body(), 401),
        ({"Authorization": "Basic SG.key"}, body(), 401),
        ({"Authorization": "Bearer SG.key"}, body(), 415),
        (HEADERS, b"not JSON", 400),
        (HEADERS, b"[]", 400),
        (HEADERS, b"{}", 400),
        (HEADERS, b" " * (30 * 2**20 + 1), 413),
        (HEADERS, body(), 202),
    ],
)
def test_what_it_answers(headers: dict[str, str], sent: bytes, status: int) -> None:
    account = Account()
    reply = account.post(headers, sent, NOW)
    assert reply.status == status
    assert len(account.taken) == (status == 202)
    if status != 202:
        assert all({"message", "field", "help"} <= error.keys() for error in json.loads(reply.body)["errors"])


def test_an_accepted_mail_is_remembered_as_a_mailbox_would_get_it() -> None:
    account = Account()
    mail = a_mail()
    reply = account.post(HEADERS, request_body(mail), NOW)
    assert account.taken[0].name == reply.headers["X-Message-Id"]
    assert read(account.taken[0].raw())["Message-ID"] == mail.message_id


def test_a_mail_to_be_looked_at_only_is_not_kept() -> None:
    account = Account()
    request = json.loads(body()) | {"mail_settings": {"sandbox_mode": {"enable": True}}}
    assert account.post(HEADERS, json.dumps(request).encode(), NOW).status == 200
    assert (account.taken, told(account)) == ([], [])


def test_a_limit_that_was_reached_holds_until_its_end() -> None:
    account = Account(scripted("429=60"))
    seconds = (0, 1, 59, 60)
    replies = [account.post(HEADERS, body(), NOW + timedelta(seconds=second)) for second in seconds]
    assert [reply.status for reply in replies] == [429, 429, 429, 202]
    assert {reply.headers["X-RateLimit-Reset"] for reply in replies[:3]} == {str(int(NOW.timestamp()) + 60)}


# --------------------------------------------------------------------------------------------------------------------- events


def test_the_readers_name_says_what_becomes_of_the_mail() -> None:
    for name in ("delivered", "reader", "bounce", "nobody", "deferred", "dropped", "spamreport", "unsubscribe"):
        account = Account()
        account.post(HEADERS, body(to=f"{name}+x@example.org"), NOW)
        assert [event["event"] for event in told(account)] == [
            {"nobody": "bounce"}.get(fate, fate) for fate in fates_of(f"{name}@example.org")
        ]


def test_an_event_holds_what_the_provider_puts_into_it() -> None:
    account = Account()
    mail = a_mail(to="nobody@example.org")
    account.post(HEADERS, request_body(mail), NOW)
    processed, bounce = told(account)
    assert processed["d"] == bounce["d"] == f"{mail.delivery}.1"
    assert bounce["smtp-id"] == mail.message_id
    assert (bounce["type"], bounce["status"], bounce["email"]) == ("bounce", "5.1.1", "nobody@example.org")
    assert str(bounce["sg_message_id"]).startswith(account.taken[0].name)
    assert processed["sg_event_id"] != bounce["sg_event_id"]


def test_events_come_late_doubled_and_shuffled_if_the_script_says_so() -> None:
    account = Account(scripted("events late=60 copies=5 shuffled\naccept processed deferred delivered\n" * 8))
    for _ in range(8):
        account.post(HEADERS, body(), NOW)
    soon = len(told(account, timedelta(0)))
    later = told(account)
    names = [event["event"] for event in later]
    assert soon == 0
    assert len(later) > len({event["sg_event_id"] for event in later}) == 24
    assert names != sorted(names, key=("processed", "deferred", "delivered").index)


def test_what_nobody_took_comes_again_ever_more_slowly_for_a_day() -> None:
    account = Account()
    account.tell([{"event": "processed"}], Post(), NOW)
    now, instants = NOW, []
    while account.batches:
        now = max(now, min(batch.due for batch in account.batches))
        for batch in account.due(now):
            instants.append(now)
            account.heard(batch, 503, now)
    assert 20 < len(instants) < 50
    assert timedelta(hours=24) < instants[-1] - NOW < timedelta(hours=26)
    account.tell([{"event": "processed"}], Post(), NOW)
    (batch,) = account.due(NOW)
    account.heard(batch, 204, NOW)
    assert account.batches == []


# -------------------------------------------------------------------------------------------------------------------- scripts


def test_a_script_is_read_line_by_line() -> None:
    steps = list(
        islice(scripted("# a comment\naccept\n\nlate=3 processed\nevents copies=2\n429=7 # limited\nhang\n"), 6)
    )
    assert [(step.manner, step.status, step.seconds) for step in steps[:4]] == [
        (Manner.ACCEPT, 202, 30),
        (Manner.LATE, 202, 3),
        (Manner.REFUSE, 429, 7),
        (Manner.HANG, 202, 30),
    ]
    assert [step.post.copies for step in steps] == [1, 1, 2, 2, 2, 2]
    assert steps[4].manner is Manner.ACCEPT


@pytest.mark.parametrize(
    "line",
    ["maybe", "418", "late=soon", "accept opened", "500 processed", "events quickly", "refuse", "events copies=x"],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        scripted(f"accept\n{line}\n")


def test_the_same_seed_is_the_same_story() -> None:
    def story(seed: int) -> list[tuple[int, Manner, list[dict[str, object]]]]:
        account = Account(drawn(seed), seed=seed)
        found = []
        for number in range(60):
            reply = account.post(HEADERS, FIXED, NOW + timedelta(minutes=number))
            found.append((reply.status, reply.manner, told(account)))
        return found

    assert story(4) == story(4)
    assert story(4) != story(5)
    assert {manner for _, manner, _ in story(4)} >= {Manner.ACCEPT, Manner.DROP}


FIXED = body()


def test_every_fault_is_drawn_sooner_or_later() -> None:
    steps: list[Step] = list(islice(drawn(1), 2000))
    assert {step.manner for step in steps} == {*Manner}
    assert {step.status for step in steps} == {202, 429, 500, 502, 503}


# -------------------------------------------------------------------------------------------------------------- what is seen


@pytest.fixture
def fake() -> Any:
    running = FakeSendgrid(Account(), lambda: NOW)
    running.start()
    yield running
    running.stop()


def see(url: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_what_came_can_be_looked_at(fake: FakeSendgrid) -> None:
    fake.take(HEADERS, body(subject="<b>Letter</b> & more"))
    status, page = see(fake.url)
    assert status == 200
    assert "1 mails taken" in page
    assert "&lt;b&gt;Letter&lt;/b&gt; &amp; more" in page
    assert "reader@example.org" in page
    status, mail = see(f"{fake.url}/mails/0")
    assert status == 200
    assert "Some words." in mail
    for nothing in ("/mails/1", "/mails/-1", "/mails/x", "/elsewhere"):
        assert see(fake.url + nothing)[0] == 404


def test_a_client_that_dies_over_its_request_is_no_news_and_sent_nothing(
    fake: FakeSendgrid, capsys: pytest.CaptureFixture[str]
) -> None:
    address = ("127.0.0.1", int(fake.url.rpartition(":")[2]))
    request = b"POST /v3/mail/send HTTP/1.1\r\nAuthorization: Bearer k\r\nContent-Length: 5000\r\n\r\n{"
    with socket.create_connection(address) as dying:
        dying.sendall(request)
    with socket.create_connection(address) as resetting:
        resetting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        resetting.sendall(request)
    assert see(fake.url)[0] == 200
    assert fake.account.answered == []
    assert capsys.readouterr().err == ""


# -------------------------------------------------------------------------------------------------------------------- forgetting


def test_what_is_about_an_erased_address_is_gone_and_told_to_nobody() -> None:
    account = Account()
    for reader in ("forget@example.org", "keep@example.org"):
        account.post(HEADERS, body(to=reader), NOW)
    answer = account.erase(HEADERS, json.dumps({"email_addresses": ["Forget@example.org"]}).encode(), NOW)
    assert answer.status == 202
    assert [mail.to for mail in account.taken] == ["keep@example.org"]
    assert {event["email"] for event in told(account)} == {"keep@example.org"}


@pytest.mark.parametrize(
    ("headers", "sent", "status"),
    [
        ({}, b'{"email_addresses": ["a@example.org"]}', 401),
        (HEADERS, b"not JSON", 400),
        (HEADERS, b"[]", 400),
        (HEADERS, b'{"email_addresses": []}', 400),
        (HEADERS, json.dumps({"email_addresses": ["a@example.org"] * 5001}).encode(), 400),
    ],
)
def test_a_wrong_request_to_forget_is_refused(headers: dict[str, str], sent: bytes, status: int) -> None:
    assert Account().erase(headers, sent, NOW).status == status
