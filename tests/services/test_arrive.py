"""Taking mail in: sealed, once, whoever brings it; and what a second copy of a message adds."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from dripcourse.db.models import Inbound
from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES, Arrival, Door
from dripcourse.services.crypto.keyring import Keyring, Unsealable
from dripcourse.services.incoming import store as incoming_store
from tests.support.house import ENVIRONMENT, House

DOMAIN = ENVIRONMENT["REPLY_DOMAIN"]
OURS = ENVIRONMENT["MAIL_FROM"]
TOKEN, LEAVE = f"r+{'a' * 42}@{DOMAIN}", f"leave+{'b' * 42}@{DOMAIN}"
RAW = b"From: reader@example.org\r\nMessage-ID: <one@example.org>\r\nSubject: Re: A letter\r\n\r\nIt was hard, and good.\r\n"


def arrival(raw: bytes = RAW, *rcpt: str, door: Door = Door.SMTP) -> Arrival:
    return Arrival(door, raw, rcpt, "reader@example.org")


def rows(house: House) -> list[Inbound]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.received_at, Inbound.reason, Inbound.id)))


def store(house: House, *args: str, raw: bytes = RAW) -> bool:
    return incoming_store.store(house.parts, arrival(raw, *args), house.now)


def mark_handled(house: House, *, keeps_raw: bool) -> None:
    """As a handler leaves a row: the raw message stays until thirty days are over, or went into a reader's journal."""
    gone = {} if keeps_raw else {"raw_sealed": None}
    with house.parts.db.write() as session:
        session.execute(update(Inbound).values(handled_at=house.now, wake_at=None, **gone))


def test_what_is_stored_is_read_again_as_it_came_with_its_envelope(house: House) -> None:
    raw = bytes(range(256)) * 40
    came = Arrival(Door.SENDGRID, raw, (OURS, TOKEN), "", spf="pass", dkim="{@example.org : pass}")
    assert incoming_store.store(house.parts, came, house.now)
    [row] = rows(house)
    assert incoming_store.read(house.parts, row) == came
    assert came.rcpt == (TOKEN, OURS), "what carries a token stands first"
    assert (row.door, row.size, row.received_at, row.wake_at) == ("sendgrid", len(raw), house.now, house.now)
    assert row.handled_at is None


def test_nothing_of_the_message_can_be_read_in_the_table(small_house: House) -> None:
    store(small_house, TOKEN)
    kept = b"".join(path.read_bytes() for path in small_house.folder.glob("truth.db*"))
    for word in (b"reader@example.org", b"It was hard", b"one@example.org", b"A letter", TOKEN.encode()):
        assert word not in kept


def test_a_message_opens_in_its_own_row_only(house: House) -> None:
    store(house)
    store(house, raw=RAW.replace(b"<one", b"<two"))
    one, two = rows(house)
    one.raw_sealed = two.raw_sealed
    with pytest.raises(Unsealable):
        incoming_store.read(house.parts, one)


def test_the_same_message_is_kept_once_whatever_the_way_it_came(house: House) -> None:
    assert store(house, TOKEN)
    again = (
        RAW,
        b"Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\r\nReturn-Path: <>\r\n" + RAW,
        RAW.replace(b"\r\n", b"\n"),
        RAW + b"\r\n\r\n",
        RAW.replace(b"Message-ID: ", b"message-id:\r\n  "),
    )
    for raw in again:
        for door in Door:
            assert not incoming_store.store(house.parts, replace(arrival(raw, TOKEN), door=door), house.now)
    assert len(rows(house)) == 1


def test_another_body_or_another_message_id_is_another_message(house: House) -> None:
    nameless = RAW.replace(b"Message-ID: <one@example.org>\r\n", b"")
    for raw in (
        RAW,
        RAW.replace(b"good", b"bad"),
        RAW.replace(b"<one", b"<two"),
        nameless,
        nameless.replace(b"Re: A letter", b"stop"),
        nameless.replace(b"reader@", b"another@"),
        b"Date: Mon, 2 Mar 2026 10:00:01 +0000\r\n" + nameless,
    ):
        assert store(house, TOKEN, raw=raw)
        assert not store(house, TOKEN, raw=raw)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n\r\n", b"no header at all", b"\0\xff" * 5000, b"Subject:" + b" \n" * 300_000]
)
def test_anything_at_all_is_kept(house: House, raw: bytes) -> None:
    assert store(house, raw=raw)
    assert not store(house, raw=raw)
    assert incoming_store.read(house.parts, rows(house)[0]).raw == raw


def test_a_message_known_by_a_retired_key_is_still_known(house: House) -> None:
    store(house, TOKEN)
    turned = Keyring(["b" * 40, ENVIRONMENT["SECRET_KEY"]], [ENVIRONMENT["REPLY_KEYS"]])
    assert not incoming_store.store(replace(house.parts, keys=turned), arrival(RAW, TOKEN), house.now)


# ------------------------------------------------------------------------------------------- one message, two addresses


@pytest.mark.parametrize("first", [OURS, TOKEN])
def test_reply_to_and_from_both_answered_is_one_message_whose_token_is_known(house: House, first: str) -> None:
    second = TOKEN if first == OURS else OURS
    assert store(house, first)
    assert not store(house, second)
    [row] = rows(house)
    assert incoming_store.read(house.parts, row).rcpt == (TOKEN, OURS)
    assert row.wake_at == house.now


def test_a_token_that_comes_after_a_message_was_handled_without_has_it_handled_once_more(house: House) -> None:
    store(house, OURS)
    mark_handled(house, keeps_raw=True)
    house.turn(minutes=1)
    store(house, f"letters+x@{DOMAIN}")
    assert rows(house)[0].wake_at is None, "that told nothing"
    store(house, TOKEN)
    [row] = rows(house)
    assert (row.wake_at, row.handled_at) == (house.now, None)
    mark_handled(house, keeps_raw=True)
    store(house, TOKEN)
    assert rows(house)[0].wake_at is None, "that was known"


def test_once_its_words_are_in_the_journal_another_copy_is_nothing_new(house: House) -> None:
    store(house, OURS)
    mark_handled(house, keeps_raw=False)
    for address in (OURS, TOKEN):
        assert not store(house, address)
    [row] = rows(house)
    assert (row.wake_at, row.raw_sealed) == (None, None)


def test_each_order_to_leave_is_a_row_of_its_own(house: House) -> None:
    other = f"leave+{'c' * 42}@{DOMAIN}"
    store(house, TOKEN)
    mark_handled(house, keeps_raw=False)
    assert store(house, LEAVE, TOKEN)
    mark_handled(house, keeps_raw=False)
    assert store(house, other)
    assert not store(house, LEAVE, other.upper(), TOKEN)
    assert len(rows(house)) == 3


# ----------------------------------------------------------------------------------------------------------------- bounds


def test_of_a_message_that_is_too_large_the_head_is_kept_and_the_host_is_told(small_house: House) -> None:
    raw = RAW + b"x" * MOST_BYTES
    assert store(small_house, TOKEN, raw=raw)
    [row] = rows(small_house)
    kept = incoming_store.read(small_house.parts, row)
    assert kept.raw == raw[:HEAD_BYTES]
    assert (kept.size, row.size, kept.is_cut) == (len(raw), len(raw), True)
    assert row.reason == f"too large ({len(raw):,} bytes): only its head was kept"


def test_the_largest_message_is_kept_whole(small_house: House) -> None:
    raw = RAW + b"x" * (MOST_BYTES - len(RAW))
    store(small_house, TOKEN, raw=raw)
    [row] = rows(small_house)
    assert incoming_store.read(small_house.parts, row).raw == raw
    assert row.reason == ""


def test_mail_for_none_of_our_addresses_is_kept_and_says_so(house: House) -> None:
    store(house, "postmaster@elsewhere.example")
    store(house, raw=RAW + b"unknown recipient")
    assert sorted(row.reason for row in rows(house)) == ["", "to none of our addresses"]


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        (TOKEN, True),
        (TOKEN.upper(), True),
        (f"anything@{DOMAIN}", True),
        (OURS, True),
        (ENVIRONMENT["SYSTEM_FROM"].upper(), True),
        (f"x@sub.{DOMAIN}", False),
        (f"x@not{DOMAIN}", False),
        ("somebody@letters.example.org", False),
        (f"x%{DOMAIN}@elsewhere.example", False),
        ("", False),
        ("postmaster", False),
    ],
)
def test_mail_is_taken_for_our_own_addresses_alone(small_house: House, address: str, taken: bool) -> None:
    assert incoming_store.takes(small_house.parts.rules, address) is taken


def test_nobodys_mail_is_forgotten_after_thirty_days_and_what_waits_is_not(house: House) -> None:
    store(house, TOKEN)
    mark_handled(house, keeps_raw=True)
    store(house, TOKEN, raw=RAW + b"never handled")
    house.turn(days=29)
    incoming_store.forget_old(house.parts, house.now)
    assert all(row.raw_sealed for row in rows(house))
    house.turn(days=2)
    incoming_store.forget_old(house.parts, house.now)
    assert sorted((row.raw_sealed is None, row.reason) for row in rows(house)) == [
        (False, ""),
        (True, "nobody's: forgotten after 30 days"),
    ]
    assert not store(house, TOKEN), "it is still known"


def test_what_cannot_be_kept_is_refused(small_house: House) -> None:
    (small_house.folder / "truth.db").chmod(0o600)
    small_house.parts.db.close()
    for path in small_house.folder.glob("truth.db*"):
        path.unlink()
    (small_house.folder / "truth.db").mkdir()
    with pytest.raises(DatabaseAway):
        store(small_house, TOKEN)
