"""What becomes of a message that arrived: whose it is, what it orders, what is written back, and what is not."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dripcourse.db.models import Delivery, Enrollment, Inbound, ProviderEvent, Reply, Subscriber
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.enrollment import EnrollmentState, LeftReason
from dripcourse.domain.incoming import Door
from dripcourse.domain.pacing import Pace
from dripcourse.services.incoming import process
from dripcourse.services.replies import store
from dripcourse.services.replies.shared import shared_with_host
from tests.support.house import House, open_house, subjects
from tests.support.post import Reader, compose, hand_in


def enrollment(house: House) -> Enrollment:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment)).one()


def words(house: House) -> list[tuple[str, str, str | None]]:
    """(text, sender, lesson) of what is kept, oldest first, hidden ones left out."""
    with house.parts.db.read() as session:
        rows = session.scalars(select(Reply).where(Reply.deleted_at.is_(None)).order_by(Reply.received_at, Reply.id))
        return [(store.read(house.parts, session, row), row.sender, lesson_of(session, row)) for row in rows]


def lesson_of(session, reply: Reply) -> str | None:
    return session.get_one(Delivery, reply.delivery_id).lesson if reply.delivery_id else None


def arrivals(house: House) -> list[Inbound]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.received_at, Inbound.id)))


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def flat(mail: EmailMessage) -> str:
    return " ".join(text_of(mail).split())


@pytest.fixture
def reader(house: House) -> Reader:
    """A reader on each kind of database who has had the welcome and the first lesson."""
    return start(house)


@pytest.fixture
def small(small_house: House) -> Reader:
    return start(small_house)


def start(house: House) -> Reader:
    house.enroll()
    house.tick()
    house.turn(days=7)
    house.tick()
    house.turn(minutes=10)
    assert len(house.mails()) == 2
    return Reader(house)


# ---------------------------------------------------------------------------------------------------------- keeping replies


def test_a_reply_is_kept_with_its_lesson_once_and_its_arrival_is_destroyed(reader: Reader) -> None:
    house = reader.house
    mail = reader.reply("I noticed that I wait for the worst.\n")
    assert words(house) == [("I noticed that I wait for the worst.", "unproven", "acknowledgement")]
    hand_in(house, mail)  # the same message by another way
    assert house.tick().arrived == 0
    assert len(words(house)) == 1
    [row] = arrivals(house)
    assert (row.verdict, row.raw_sealed, row.reason) == ("reply", None, "")
    assert row.handled_at == house.now


def test_the_first_reply_ever_gets_one_receipt_in_its_thread_and_no_other_does(reader: Reader) -> None:
    house = reader.house
    first = reader.reply("A private line.\n")
    receipt = reader.mails[-1]
    assert "Nobody reads it today, and nobody will, unless you share it." in flat(receipt)
    assert "private line" not in receipt.as_string()
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["In-Reply-To"] == first["Message-ID"]
    assert receipt["Subject"] == f"Re: {reader.mails[1]['Subject']}"
    reader.reply("Another line.\n", to=reader.mails[1])
    house.turn(days=8)
    reader.reply("And one more.\n", to=reader.mails[0])
    assert len(words(house)) == 3
    assert sum("Thank you for writing" in text_of(mail) for mail in reader.mails) == 1


def test_two_replies_in_the_same_second_are_both_kept(small: Reader) -> None:
    lesson = small.mails[-1]
    for line in ("One.", "Two."):
        hand_in(small.house, compose(small.address, str(lesson["Reply-To"]), line, answers=lesson))
    assert small.house.tick().arrived == 2
    assert sorted(text for text, _, _ in words(small.house)) == ["One.", "Two."]


def test_a_reply_without_a_token_is_known_by_the_mail_it_answers(small: Reader) -> None:
    lesson = small.mails[-1]
    hand_in(small.house, compose(small.address, "letters@letters.example.org", "Known by its thread.", answers=lesson))
    small.house.tick()
    assert words(small.house) == [("Known by its thread.", "unproven", "acknowledgement")]


def test_a_copy_that_brings_the_token_later_makes_a_reply_of_what_was_set_aside(small: Reader) -> None:
    """Some programs answer Reply-To and From both: one message, two addresses, one reply."""
    lesson = small.mails[-1]
    mail = compose(small.address, str(lesson["Reply-To"]), "Twice the same.")
    hand_in(small.house, mail, ["letters@letters.example.org"])
    small.house.tick()
    assert words(small.house) == []
    hand_in(small.house, mail, [str(lesson["Reply-To"])])
    small.house.tick()
    assert words(small.house) == [("Twice the same.", "unproven", "acknowledgement")]
    [row] = arrivals(small.house)
    assert (row.verdict, row.reason, row.raw_sealed) == ("reply", "", None)


def test_others_in_to_and_cc_are_not_kept_outside_the_readers_own_seal(small: Reader) -> None:
    lesson = small.mails[-1]
    mail = compose(
        small.address, f"{lesson['Reply-To']}, friend@example.com", "Hello.", answers=lesson, Cc="other@example.net"
    )
    hand_in(small.house, mail, [str(lesson["Reply-To"])])
    small.house.tick()
    database = (small.house.folder / "truth.db").read_bytes() + (small.house.folder / "truth.db-wal").read_bytes()
    assert b"friend@example.com" not in database
    assert b"other@example.net" not in database


# -------------------------------------------------------------------------------------------------------------- whose is it


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Reader]:
    """A house that believes one mail server."""
    with open_house(tmp_path, AUTHSERV_ID="mx.example.net") as house:
        yield start(house)


@pytest.mark.parametrize(
    ("results", "kept"),
    [
        (["mx.example.net; dkim=pass header.d=example.org"], True),
        (["mx.example.net; spf=pass smtp.mailfrom=reader@example.org"], True),
        (["mx.example.net; dkim=fail header.d=example.org"], False),
        (["mx.example.net; dkim=pass header.d=evil.example"], False),
        (["mx.example.net; dkim=pass header.d=sub.example.org"], False),
        (["other.example; dkim=pass header.d=example.org"], False),
        (["mx.example.net; dkim=none", "mx.example.net; dkim=pass header.d=example.org"], False),
        ([], False),
    ],
)
def test_only_the_topmost_word_of_the_server_we_believe_counts(strict: Reader, results: list[str], kept: bool) -> None:
    lesson = strict.mails[-1]
    mail = compose(strict.address, str(lesson["Reply-To"]), "Mine.", answers=lesson)
    head = "".join(f"Authentication-Results: {each}\r\n" for each in results)
    hand_in(strict.house, head.encode() + mail.as_bytes(), [str(lesson["Reply-To"])])
    strict.house.tick()
    assert words(strict.house) == ([("Mine.", "proven", "acknowledgement")] if kept else [])
    assert arrivals(strict.house)[0].verdict == ("reply" if kept else "stranger")


@pytest.mark.parametrize(
    ("spf", "dkim", "sender", "kept"),
    [
        ("pass", "none", "reader@example.org", "proven"),
        ("fail", "{@example.org : pass}", "x@relay.example", "proven"),
        ("pass", "{@evil.example : pass}", "x@evil.example", None),
        ("fail", "none", "reader@example.org", None),
        ("", "", "reader@example.org", "unproven"),
    ],
)
def test_at_sendgrids_door_its_own_fields_speak(
    small: Reader, spf: str, dkim: str, sender: str, kept: str | None
) -> None:
    lesson = small.mails[-1]
    mail = compose(small.address, str(lesson["Reply-To"]), "Mine.", answers=lesson)
    hand_in(small.house, mail, door=Door.SENDGRID, spf=spf, dkim=dkim, sender=sender)
    small.house.tick()
    assert [how for _, how, _ in words(small.house)] == ([kept] if kept else [])


def test_a_forwarded_lesson_answered_by_the_partner_is_set_aside_and_tells_them_nothing(reader: Reader) -> None:
    house = reader.house
    before = len(house.mails())
    reader.reply("So this is what you read!\n", sender="partner@example.net")
    assert words(house) == []
    assert house.mails("partner@example.net") == []
    [row] = arrivals(house)
    assert row.verdict == "stranger"
    assert row.raw_sealed is not None
    assert b"So this is" not in row.raw_sealed
    [asked] = house.mails()[before:]
    assert asked["To"] == reader.address
    assert asked["Subject"] == "Was that you?"
    assert "partner" not in asked.as_string()
    assert "what you read" not in asked.as_string()
    reader.reply("Again!\n", to=reader.mails[1], sender="partner@example.net")
    assert len(house.mails()) == before + 1, "the reader is asked once a day"


def test_mail_of_a_stranger_waits_thirty_days_and_is_gone(small: Reader) -> None:
    small.reply("Something.\n", sender="partner@example.net")
    small.house.turn(days=31)
    small.house.tick()
    assert [row.raw_sealed for row in arrivals(small.house)] == [None]


def test_somebody_elses_orders_are_not_carried_out_but_for_those_that_stop(small: Reader) -> None:
    small.reply("slower\n", sender="partner@example.net")
    assert enrollment(small.house).pace is Pace.WEEKLY
    small.reply("delete my replies\n", to=small.mails[1], sender="partner@example.net")
    small.reply("pause\n", to=small.mails[1], sender="partner@example.net")
    assert enrollment(small.house).state is EnrollmentState.PAUSED
    assert "Nothing more comes until you want it to" in flat(small.mails[-1]), "and the reader is told"
    assert small.house.mails("partner@example.net") == []


@pytest.mark.parametrize("by", ["reply", "leave"])
def test_a_stop_from_another_address_is_told_to_the_reader_once_with_the_way_back(small: Reader, by: str) -> None:
    house, before = small.house, len(small.mails)
    to = small.mails[0]
    if by == "leave":
        address = str(to["List-Unsubscribe"]).split("mailto:")[1].rstrip(">")
        hand_in(house, compose("partner@example.net", address, ""))
        house.tick()
    else:
        small.reply("STOP\n", to=to, sender="partner@example.net")
    house.tick()
    small.reply("STOP\n", to=to, sender="partner@example.net")
    house.tick()
    assert enrollment(house).left_reason is LeftReason.ASKED
    [told] = small.mails[before:]
    assert told["Subject"] == "Your letters have stopped"
    assert "/c/" in flat(told)
    assert "partner" not in told.as_string()
    assert house.mails("partner@example.net") == []


@pytest.mark.parametrize(("result", "told"), [("fail", 1), ("pass", 0)])
@pytest.mark.parametrize("by", ["reply", "leave"])
def test_a_stop_with_a_forged_sender_is_told_and_the_readers_own_is_met_with_silence(
    strict: Reader, by: str, result: str, told: int
) -> None:
    house, before, to = strict.house, len(strict.mails), strict.mails[0]
    leave = str(to["List-Unsubscribe"]).split("mailto:")[1].rstrip(">")
    address = leave if by == "leave" else str(to["Reply-To"])
    said = f"mx.example.net; dmarc={result} header.from=example.org"
    hand_in(house, compose(strict.address, address, "STOP\n", answers=to, Authentication_Results=said))
    house.tick()
    house.tick()
    assert enrollment(house).left_reason is LeftReason.ASKED
    assert [mail["Subject"] for mail in strict.mails[before:]] == ["Your letters have stopped"] * told


def test_a_forged_sender_without_token_or_thread_is_nobodys_word(small: Reader) -> None:
    hand_in(small.house, compose(small.address, "r@reply.letters.example.org", "Forged."))
    small.house.tick()
    assert words(small.house) == []
    assert arrivals(small.house)[0].verdict == "stranger"


def test_without_a_token_a_proven_sender_is_known_by_their_only_course(strict: Reader) -> None:
    mail = compose(strict.address, "letters@letters.example.org", "A new mail.")
    head = b"Authentication-Results: mx.example.net; dkim=pass header.d=example.org\r\n"
    hand_in(strict.house, head + mail.as_bytes(), ["letters@letters.example.org"])
    strict.house.tick()
    assert words(strict.house) == [("A new mail.", "proven", "acknowledgement")]


def test_mail_from_nobody_is_set_aside_and_unanswered(small: Reader) -> None:
    before = len(small.house.mails())
    hand_in(small.house, compose("nobody@example.com", "r+aaaa@reply.letters.example.org", "Hello?"))
    small.house.tick()
    assert len(small.house.mails()) == before
    assert arrivals(small.house)[0].reason == "from nobody we know, in answer to nothing of ours"


# ----------------------------------------------------------------------------------------------------------------- leaving


def test_stop_ends_at_once_and_is_met_with_silence(reader: Reader) -> None:
    before = len(reader.mails)
    reader.reply("Stop.\n")
    assert enrollment(reader.house).left_reason is LeftReason.ASKED
    reader.house.turn(days=30)
    reader.house.tick()
    assert len(reader.mails) == before


def test_an_empty_mail_without_a_subject_to_the_address_for_leaving_is_enough(reader: Reader) -> None:
    before = len(reader.mails)
    reader.leave()
    assert enrollment(reader.house).state is EnrollmentState.LEFT
    assert len(reader.mails) == before


def test_after_leaving_words_are_kept_for_a_while_and_nothing_is_said(small: Reader) -> None:
    lesson = small.mails[1]
    small.reply("stop\n")
    before = len(small.house.mails())
    small.house.turn(days=20)
    small.reply("One last thing.\n", to=lesson)
    small.house.turn(days=20)
    small.reply("Too late.\n", to=lesson)
    assert [text for text, _, _ in words(small.house)] == ["One last thing."]
    assert len(small.house.mails()) == before
    assert arrivals(small.house)[-1].raw_sealed is None
    assert arrivals(small.house)[-1].reason == "after the reader had left"


def test_after_erasure_an_answer_is_discarded_unread(small: Reader) -> None:
    lesson = small.mails[1]
    with small.house.parts.db.write() as session:
        session.delete(session.scalars(select(Subscriber)).one())
    hand_in(small.house, compose(small.address, str(lesson["Reply-To"]), "Hello?", answers=lesson))
    small.house.tick()
    [row] = arrivals(small.house)
    assert (row.raw_sealed, row.delivery_id) == (None, None)


# ---------------------------------------------------------------------------------------------------------------- commands


def test_pause_for_weeks_and_resume_tell_the_day_and_how_to_undo(reader: Reader) -> None:
    reader.reply("pause 3 weeks\n")
    now = enrollment(reader.house)
    assert now.state is EnrollmentState.PAUSED
    assert now.paused_until == reader.house.now + timedelta(weeks=3)
    assert "“resume”" in text_of(reader.mails[-1])
    reader.reply("resume\n")
    assert enrollment(reader.house).state is EnrollmentState.ACTIVE
    assert "The next one comes on" in flat(reader.mails[-1])
    assert reader.mails[-1]["Auto-Submitted"] == "auto-replied"


def test_slower_and_weekly_change_the_pace(small: Reader) -> None:
    for order, pace in (("slower", Pace.TWO_WEEKS), ("slower", Pace.FOUR_WEEKS), ("weekly", Pace.WEEKLY)):
        small.reply(f"{order}\n", to=small.mails[1])
        assert enrollment(small.house).pace is pace


def test_later_puts_the_next_lesson_off_by_a_week_and_resume_takes_it_back(small: Reader) -> None:
    due = enrollment(small.house).due_at
    assert due is not None
    small.reply("later\n")
    assert enrollment(small.house).due_at == due + timedelta(weeks=1)
    small.reply("resume\n", to=small.mails[1])
    assert enrollment(small.house).due_at == due


def test_where_am_i_says_the_place_and_the_day(small: Reader) -> None:
    small.reply("Where am I?\n")
    assert "You have had 1 of 8." in flat(small.mails[-1])


def test_again_sends_a_copy_and_no_answer_beside_it(small: Reader) -> None:
    before = len(small.mails)
    small.reply("again\n")
    assert subjects(small.mails[before:]) == [str(small.mails[1]["Subject"])]


def test_share_shares_what_was_written_and_nothing_else(small: Reader) -> None:
    small.reply("For me alone.\n")
    small.reply("For the host.\n", to=small.mails[1])
    small.house.turn(minutes=1)
    small.reply("share\n", to=small.mails[1])
    assert "nothing is shared yet" in flat(small.mails[-1]), "nobody vouches for the sender"
    question = small.mails[-1]
    small.reply("Nor is this.\n", to=small.mails[1])
    small.reply("yes\n", to=question)
    with small.house.parts.db.read() as session:
        shared = shared_with_host(small.house.parts, session, enrollment(small.house).id)
    assert [each.text for each in shared] == ["For the host."]
    assert "can now be read by whoever runs this" in flat(small.mails[-1])


def test_delete_my_replies_hides_them_at_once(small: Reader) -> None:
    small.reply("For me alone.\n")
    small.reply("delete my replies\n", to=small.mails[1])
    small.reply("yes\n")  # nobody vouches for the sender, so it was asked back
    assert words(small.house) == []
    assert "is deleted" in flat(small.mails[-1])


def test_help_and_support_come_when_asked_for(small: Reader) -> None:
    small.reply("help\n", to=small.mails[1])
    assert "where am I" in text_of(small.mails[-1])
    small.reply("support\n", to=small.mails[1])
    assert "https://letters.example.org/support" in text_of(small.mails[-1])
    assert "Germany" in text_of(small.mails[-1])


def test_a_command_that_somebody_goes_on_from_is_a_reply(small: Reader) -> None:
    small.reply("Pause\n\nMy mother is ill, and I cannot go on with this now.\n")
    assert enrollment(small.house).state is EnrollmentState.ACTIVE
    assert len(words(small.house)) == 1


def test_a_line_that_only_begins_like_a_command_is_a_reply(small: Reader) -> None:
    small.reply("Stop hurting me, I wrote to him.\n")
    assert enrollment(small.house).state is EnrollmentState.ACTIVE
    assert len(words(small.house)) == 1


def test_five_commands_a_day_are_answered_and_the_sixth_is_still_done(small: Reader) -> None:
    lesson, before = small.mails[1], len(small.mails)
    for _ in range(5):
        small.reply("where am I\n", to=lesson)
    small.reply("slower\n", to=lesson)
    assert len(small.mails) == before + 5
    assert enrollment(small.house).pace is Pace.TWO_WEEKS
    small.house.turn(days=1, minutes=1)
    small.reply("where am I\n", to=lesson)
    assert sum("You have had" in text_of(mail) for mail in small.mails) == 6


# --------------------------------------------------------------------------------------------------------------- automatic


AWAY = {"Auto_Submitted": "auto-replied"}


def test_an_out_of_office_is_no_reply_is_not_answered_and_holds_one_lesson_by_one_pace(reader: Reader) -> None:
    house, before, due = reader.house, len(reader.mails), enrollment(reader.house).due_at
    assert due is not None
    for _ in range(2):
        reader.reply("I am away.\n", **AWAY)
    assert words(house) == []
    assert len(reader.mails) == before
    assert enrollment(house).due_at == due + timedelta(weeks=1)
    assert enrollment(house).state is EnrollmentState.ACTIVE
    assert [row.verdict for row in arrivals(house)] == ["auto_reply", "auto_reply"]
    house.turn(days=15)
    house.tick()
    assert "the delay was ours" not in text_of(reader.mails[-1])


@pytest.mark.parametrize("sender", ["", "letters@letters.example.org"])
def test_what_has_no_return_path_or_comes_from_ourselves_is_a_machines(small: Reader, sender: str) -> None:
    lesson, before = small.mails[1], len(small.house.mails())
    mail = compose(sender or small.address, str(lesson["Reply-To"]), "pause", answers=lesson)
    hand_in(small.house, mail, sender=sender)
    small.house.tick()
    assert arrivals(small.house)[0].verdict == "auto_reply"
    assert enrollment(small.house).state is EnrollmentState.ACTIVE
    assert len(small.house.mails()) == before


def test_an_out_of_office_that_names_its_end_holds_until_the_day_after_and_no_longer(small: Reader) -> None:
    due = enrollment(small.house).due_at
    assert due is not None
    back = small.house.now.date() + timedelta(days=25)
    small.reply(f"I am out of the office until {back.isoformat()}.\n", Date="Mon, 09 Mar 2026 10:11:00 +0000", **AWAY)
    held = enrollment(small.house).due_at
    assert held is not None
    assert timedelta() < held - small.house.now.replace(hour=0) - timedelta(days=26) < timedelta(days=7)
    far = compose(
        small.address, str(small.mails[1]["Reply-To"]), "Away until 2027-09-01.", Auto_Submitted="auto-replied"
    )
    hand_in(small.house, far)
    small.house.tick()
    assert enrollment(small.house).due_at == held, "a date beyond eight weeks is not waited for"


def test_what_a_list_or_a_bulk_mailer_sent_is_kept_but_causes_no_mail(small: Reader) -> None:
    before = len(small.house.mails())
    small.reply("I noticed something.\n", Precedence="bulk")
    small.reply("where am I\n", to=small.mails[1], List_Id="<some.list.example>")
    assert len(words(small.house)) == 2
    assert len(small.house.mails()) == before


# ------------------------------------------------------------------------------------------------------------- strange mail


def test_what_cannot_be_read_is_kept_whole_and_said_so_once(small: Reader) -> None:
    lesson = small.mails[1]
    for number in range(2):
        raw = (
            f"From: {small.address}\r\nTo: {lesson['Reply-To']}\r\nMessage-ID: <pgp{number}@example.org>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n'
            "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
            f"--b\r\nContent-Type: application/octet-stream\r\n\r\nhQEMA{number}\r\n--b--\r\n"
        ).encode()
        hand_in(small.house, raw, [str(lesson["Reply-To"])])
        small.house.turn(minutes=1)
        small.house.tick()
    assert sum("that we cannot read" in flat(mail) for mail in small.mails) == 1
    with small.house.parts.db.read() as session:
        rows = session.scalars(select(Reply).order_by(Reply.received_at)).all()
        assert [b"hQEMA" in (store.read_raw(small.house.parts, session, row) or b"") for row in rows] == [True, True]


def test_the_same_message_id_over_another_body_is_another_reply(small: Reader) -> None:
    lesson = small.mails[1]
    for body in ("First.", "Second."):
        mail = compose(small.address, str(lesson["Reply-To"]), body, answers=lesson)
        del mail["Message-ID"]
        mail["Message-ID"] = "<always-the-same@example.org>"
        hand_in(small.house, mail)
    small.house.tick()
    assert sorted(text for text, _, _ in words(small.house)) == ["First.", "Second."]


@pytest.mark.parametrize(
    "body", [b"A\0B", b"\xed\xa0\x80 lone", "\u202egnirts\u200b".encode(), b"x" * 1_000_000, b"\xff\xfe"]
)
def test_strange_bytes_are_stored_and_handled_on_each_kind_of_database(reader: Reader, body: bytes) -> None:
    lesson = reader.mails[1]
    head = f"From: {reader.address}\r\nTo: {lesson['Reply-To']}\r\nDate: Thu, 1 Jan 1970 99:99:99 +9999\r\nSubject: "
    raw = head.encode() + b"\0\xff" + b"y" * 70_000 + b"\r\nContent-Type: text/plain; charset=rot13\r\n\r\n" + body
    hand_in(reader.house, raw, [str(lesson["Reply-To"])])
    reader.house.tick()
    assert [row.verdict for row in arrivals(reader.house)] == ["reply"]
    assert len(words(reader.house)) == 1


# ---------------------------------------------------------------------------------------------------------- unsure, settled


def test_an_answer_to_a_mail_nobody_was_sure_of_settles_it(small: Reader) -> None:
    lesson = small.mails[1]
    ident = str(lesson["Message-ID"]).strip("<>").partition("@")[0]
    with small.house.parts.db.write() as session:
        row = session.get_one(Delivery, ident)
        row.state, row.wake_at = DeliveryState.UNSURE, small.house.now + timedelta(hours=1)
    small.reply("It came.\n", to=lesson)
    with small.house.parts.db.read() as session:
        row = session.get_one(Delivery, ident)
        assert (row.state, row.reason) == (DeliveryState.ACCEPTED, Reason.EVIDENCE)
        assert len(session.scalars(select(ProviderEvent)).all()) == 1


# ---------------------------------------------------------------------------------------------------------------- poisoned


def test_one_poisoned_message_is_set_aside_after_a_few_attempts_and_stops_nobody(reader: Reader) -> None:
    house, lesson = reader.house, reader.mails[1]
    hand_in(house, compose("poison@example.org", str(lesson["Reply-To"]), "Poison.", answers=lesson))
    with house.parts.db.write() as session:
        session.execute(update(Inbound).values(raw_sealed=b"spoilt" * 10))
    hand_in(house, compose(reader.address, str(lesson["Reply-To"]), "Mine.", answers=lesson))
    assert house.tick().arrived == 1
    assert len(words(house)) == 1
    for _ in range(8):
        house.turn(hours=2)
        house.tick()
    poisoned = next(row for row in arrivals(house) if row.reason)
    assert poisoned.reason == "could not be handled: sealed with a key that is not here"
    assert poisoned.raw_sealed is not None
    assert poisoned.wake_at is None


def test_a_message_that_kills_whoever_reads_it_is_put_away_alone(small: Reader) -> None:
    house, lesson = small.house, small.mails[1]
    for number in range(3):
        hand_in(house, compose(small.address, str(lesson["Reply-To"]), f"Line {number}.", answers=lesson))
    killer = min(row.id for row in arrivals(house))
    for _ in range(process.MOST_ATTEMPTS):  # five processes that died over it
        with house.parts.db.write() as session:
            session.execute(update(Inbound).where(Inbound.id == killer).values(attempts=Inbound.attempts + 1))
    house.tick()
    assert len(words(house)) == 2
    assert next(row for row in arrivals(house) if row.id == killer).reason == "could not be handled: TimeoutError"


def test_a_message_whose_handling_was_cut_off_is_handled_when_the_lease_is_over(small: Reader) -> None:
    house, lesson = small.house, small.mails[1]
    hand_in(house, compose(small.address, str(lesson["Reply-To"]), "Mine.", answers=lesson))
    assert len(process._begin(house.parts, house.now)) == 1  # and then the process was killed
    house.tick()
    assert words(house) == []
    house.turn(minutes=2)
    house.tick()
    assert len(words(house)) == 1


def test_an_idle_tick_asks_one_question_about_everything(small: Reader) -> None:
    assert small.house.tick().arrived == 0
