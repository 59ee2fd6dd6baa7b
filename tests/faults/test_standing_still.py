"""The ways to stand still: each is caused, is said by `status`, `/readyz` and doctor within a tick, and no longer when it is over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from dripcourse.db.models import Beat, Instance
from dripcourse.domain.errors import JournalAway
from dripcourse.domain.events import Event, Told
from dripcourse.domain.incoming import Arrival, Door
from dripcourse.domain.mail import Accepted, Evidence, Later, Outcome, Refused, Unknown
from dripcourse.fakes.serve import FakeSendgrid, Signer
from dripcourse.services.delivery import event_store, settle
from dripcourse.services.diagnostics.needs import WATCHED
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.host import overview
from dripcourse.services.incoming import store
from dripcourse.services.incoming.subscribe import MOST_UNPROVEN
from dripcourse.services.privacy import erase
from dripcourse.services.signup import request
from dripcourse.services.tick import Heart
from dripcourse.transports.outbox import Outbox
from dripcourse.web.app import create_app
from tests.cli.line import Line
from tests.doors.test_mailbox import poll_of
from tests.faults.test_disk import fill, little_disk  # noqa: F401 - a fixture
from tests.faults.test_watch import by_sendgrid, fake  # noqa: F401 - a fixture
from tests.support.house import MONDAY, House, environment, open_house, write_course
from tests.support.imap import Letterbox, imap_server
from tests.support.post import compose, hand_in
from tests.support.postman import Postman


@dataclass
class Lamps:
    """A house, and what it says of itself in the three places."""

    house: House
    given: dict[str, str]

    def tick(self) -> None:
        """A tick that beats, however little time has really passed since the last one."""
        self.house.heart = Heart(self.house.parts, self.house.clock)
        self.house.tick()

    def beat(self) -> None:
        """As if somebody ticked, and passed over whatever is there."""
        with self.house.parts.db.write() as session:
            session.merge(Beat(id="b" * 26, started_at=self.house.now, beat_at=self.house.now))

    def line(self, *words: str) -> Line:
        return Line(self.house.folder, self.given | {"DRIPCOURSE_NOW": self.house.now.isoformat()})(*words)

    def status(self) -> dict[str, str]:
        return {need["kind"]: need["reason"] for need in self.line("status", "--json").json["needs"]}

    def readyz(self) -> dict[str, str]:
        answer = create_app(self.house.parts, self.house.clock).test_client().get("/readyz")
        rows = [row.partition(": ") for row in answer.get_data(as_text=True).splitlines()]
        wrong = {said.split()[0]: said for ok, _, said in rows if ok == "NOT OK" or said.split()[0] in WATCHED}
        assert answer.status_code == (503 if wrong.keys() - WATCHED else 200)
        return wrong

    def doctor(self) -> dict[str, str]:
        found = self.line("doctor", "--offline", "--json").json
        wrong = [each for each in found if each["level"] in ("wrong", "look")]
        return {
            one["about"]: "; ".join(each["says"] for each in wrong if each["about"] == one["about"]) for one in wrong
        }

    def say(self, kind: str, *words: str) -> None:
        for place in (self.status, self.readyz, self.doctor):
            said = place()
            assert kind in said, (place.__name__, said)
            assert all(word in said[kind] for word in words), (place.__name__, said)
            assert not any("@" in each for each in said.values()), (place.__name__, said)

    def are_dark(self, kind: str) -> None:
        for place in (self.status, self.readyz, self.doctor):
            said = place()
            assert kind not in said, (place.__name__, said)


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def lamps(tmp_path: Path, postman: Postman) -> Iterator[Lamps]:
    with open_house(tmp_path, transport=postman) as house:
        yield Lamps(house, environment(tmp_path))


def held(house: House) -> list[str]:
    return [each.id for each in overview.deliveries(house.parts) if each.state == "held"]


def change(house: House, sql: str, **values: object) -> None:
    with house.parts.db.write() as session:
        session.execute(text(sql), values)


# --------------------------------------------------------------------------------------------------------- the installation


def test_nobody_ticks(lamps: Lamps) -> None:
    lamps.house.enroll()
    lamps.tick()
    lamps.are_dark("beat")
    lamps.house.turn(minutes=2)
    lamps.say("beat", "Nobody has ticked for 100 seconds")
    lamps.tick()
    lamps.are_dark("beat")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([Later("sendgrid: 401 (check SENDGRID_API_KEY)", everyone=True, needs_host=True)], "check SENDGRID_API_KEY"),
        ([Later("nobody answers at the mail server", everyone=True)] * 5, "nobody answers"),
        ([Unknown("no answer in time")] * 5, "no answer in time"),
    ],
    ids=["a key is revoked", "the server is away", "five are unsure"],
)
def test_no_mail_can_leave(lamps: Lamps, postman: Postman, answers: list[Outcome], words: str) -> None:
    for number in range(8):
        lamps.house.enroll(f"r{number}@example.org")
    for postman.answer in answers:
        lamps.tick()
    lamps.say("mail", "Mail cannot leave since 2026-03-02 10:00 UTC", words)
    postman.answer, postman.knows = Accepted(), Evidence.NOT_SENT
    lamps.house.turn(minutes=2)
    lamps.tick()
    lamps.are_dark("mail")


def test_a_disk_is_full(tmp_path: Path, little_disk: Path) -> None:  # noqa: F811
    journal = {"JOURNAL_DIR": str(little_disk)}
    with open_house(tmp_path, **journal) as house:
        lamps = Lamps(house, environment(tmp_path, **journal))
        lamps.tick()
        assert "disk" not in lamps.status() | lamps.readyz()
        fill(little_disk / "ballast", 0)
        lamps.say("disk", "disk of the journal is full")
        (little_disk / "ballast").unlink()

        assert "disk" not in lamps.status() | lamps.readyz()


def test_the_journal_cannot_be_written(tmp_path: Path, little_disk: Path) -> None:  # noqa: F811
    journal = {"JOURNAL_DIR": str(little_disk)}
    with open_house(tmp_path, **journal) as house:
        lamps = Lamps(house, environment(tmp_path, **journal))
        for number in range(30):
            house.enroll(f"r{number}@example.org")
        fill(little_disk / "ballast", 0)
        with pytest.raises(JournalAway):
            lamps.tick()
        lamps.say("journal", "journal cannot be written to")
        (little_disk / "ballast").unlink()
        lamps.tick()
        lamps.are_dark("journal")


def test_a_clock_is_wrong(tmp_path: Path, fake: object) -> None:  # noqa: F811
    with by_sendgrid(tmp_path, fake) as clocks:  # type: ignore[arg-type]
        given = environment(tmp_path, MAIL_URL="outbox:out")
        lamps = Lamps(clocks.house, given)
        clocks.house.now = MONDAY + timedelta(minutes=20)
        clocks.heart.tick(any_hour=True)
        lamps.say("clock", "20 minutes ahead of the mail provider's")
        clocks.house.now = MONDAY
        clocks.heart.tick(any_hour=True)
        lamps.are_dark("clock")


def test_the_database_is_a_copy(lamps: Lamps) -> None:
    lamps.tick()
    with lamps.house.parts.db.write() as session:
        seal = session.get_one(Instance, 1)
        there, seal.fingerprint = seal.fingerprint, "elsewhere"
    lamps.say("copy", "dripcourse adopt")
    with lamps.house.parts.db.write() as session:
        session.get_one(Instance, 1).fingerprint = there
    lamps.are_dark("copy")


@pytest.mark.parametrize("version", ["0003", "9999"], ids=["older", "newer"])
def test_the_schema_is_another_versions(lamps: Lamps, version: str) -> None:
    lamps.tick()
    with lamps.house.parts.db.read() as session:
        there = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    change(lamps.house, "UPDATE alembic_version SET version_num = :version", version=version)
    assert lamps.line("status").code == 1
    assert lamps.status().keys() == lamps.readyz().keys() == {"schema"}
    assert "than this version of dripcourse" in lamps.line("doctor", "--offline").err
    change(lamps.house, "UPDATE alembic_version SET version_num = :version", version=there)
    lamps.are_dark("schema")


def test_backups_are_made_no_more(lamps: Lamps, tmp_path: Path) -> None:
    lamps.tick()
    lamps.house.turn(days=30)
    lamps.tick()
    lamps.are_dark("backup")
    assert lamps.line("backup", str(tmp_path / "first")).code == 0
    lamps.house.turn(days=7)
    lamps.tick()
    lamps.are_dark("backup")
    lamps.house.turn(days=2)
    lamps.tick()
    lamps.say("backup", "The last backup was made on 2026-04-01", "Make one every day or week")
    assert lamps.line("backup", str(tmp_path / "second")).code == 0
    lamps.are_dark("backup")


# ------------------------------------------------------------------------------------------------------------- the courses


def test_a_course_folder_is_missing(tmp_path: Path) -> None:
    courses = tmp_path / "courses"
    write_course(courses)
    given = {"COURSES_DIR": str(courses)}
    with open_house(tmp_path, **given) as house:
        house.enroll(course="small")
        house.tick()
    (courses / "small").rename(tmp_path / "elsewhere")
    with open_house(tmp_path, **given) as house:
        lamps = Lamps(house, environment(tmp_path, **given))
        lamps.tick()
        lamps.say("course", "The course small is missing", "1 reader stands still")
        house.turn(days=4)
        lamps.tick()
        lamps.say("course", "The course small is missing")
    (tmp_path / "elsewhere").rename(courses / "small")
    with open_house(tmp_path, **given, now=MONDAY + timedelta(days=4)) as house:
        lamps = Lamps(house, environment(tmp_path, **given))
        lamps.say("course", "The course small is there again", "1 reader still waits")
        lamps.tick()
        lamps.are_dark("course")


def test_a_course_has_a_fault_and_nothing_can_start(tmp_path: Path) -> None:
    courses = tmp_path / "courses"
    write_course(courses)
    given = environment(tmp_path, COURSES_DIR=str(courses), DRIPCOURSE_NOW=MONDAY.isoformat())
    line = Line(tmp_path, given)
    line("tick")
    words = (courses / "small" / "course.toml").read_text()
    (courses / "small" / "course.toml").write_text("title = ")
    answer = line("status", "--json")
    assert answer.code == 1
    [need] = answer.json["needs"]
    assert (need["kind"], need["command"]) == ("course", "dripcourse course check")
    assert "course.toml" in need["reason"]
    assert "course.toml" in line("doctor", "--offline").err
    (courses / "small" / "course.toml").write_text(words)
    assert line("status").code == 0


def test_a_lesson_cannot_be_written_for_a_reader_whose_address_is_damaged(lamps: Lamps) -> None:
    lamps.house.enroll()
    change(lamps.house, "UPDATE subscriber SET address_sealed = :junk", junk=b"not sealed by anybody")
    lamps.tick()
    lamps.say("held", "A mail cannot be written (")
    change(lamps.house, "DELETE FROM delivery")
    lamps.are_dark("held")


# --------------------------------------------------------------------------------------------------------------- the mails


def test_a_lesson_is_refused(lamps: Lamps, postman: Postman) -> None:
    lamps.house.enroll()
    postman.answer = Refused("554 5.7.1 reader@example.org: not wanted here")
    lamps.tick()
    lamps.say("held", "554 5.7.1", "not wanted here", "deliveries resolve ID --not-sent")
    postman.answer = Accepted()
    settle.resolve(lamps.house.parts, held(lamps.house)[0], settle.Word.NOT_SENT, now=lamps.house.now)
    lamps.tick()
    lamps.are_dark("held")


@pytest.mark.parametrize("policy", ["assume", "hold"])
def test_nobody_knows_whether_a_mail_was_taken(tmp_path: Path, postman: Postman, policy: str) -> None:
    given = {"UNSURE_POLICY": policy}
    with open_house(tmp_path, transport=postman, **given) as house:
        lamps = Lamps(house, environment(tmp_path, **given))
        house.enroll()
        postman.answer = Unknown("no answer in time")
        lamps.tick()
        [ident] = [each.id for each in overview.deliveries(house.parts)]
        then = "waits for your word" if policy == "hold" else "after 4 days"
        lamps.say("unsure", "1 mail may or may not have been sent (no answer in time)", then)
        house.turn(days=2)
        lamps.tick()
        lamps.say("unsure", "1 mail may or may not")
        settle.resolve(house.parts, ident, settle.Word.SENT, now=house.now)
        lamps.are_dark("unsure")


def test_one_address_is_put_off_for_over_a_day(lamps: Lamps, postman: Postman) -> None:
    lamps.house.enroll()
    postman.answer = Later("451 4.7.1 come again later")
    for _ in range(26):
        lamps.tick()
        lamps.house.turn(hours=1)
    lamps.tick()
    lamps.say("later", "1 mail could not be sent for over a day", "451 4.7.1 come again later")
    postman.answer = Accepted()
    lamps.house.turn(hours=2)
    lamps.tick()
    lamps.are_dark("later")


def test_a_queue_at_a_relay_never_empties(lamps: Lamps) -> None:
    lamps.house.enroll()
    lamps.tick()
    [ident] = [each.id for each in overview.deliveries(lamps.house.parts)]

    def told(kind: Told, number: int) -> None:
        event = Event(f"e{number}", ident, 1, kind, "452 4.3.1 not now", lamps.house.now)
        with lamps.house.parts.db.write() as session:
            event_store.keep(session, [event], lamps.house.now)
        lamps.tick()

    told(Told.DEFERRED, 1)
    lamps.are_dark("deferred")
    lamps.house.turn(hours=25)
    lamps.tick()
    lamps.say("deferred", "1 mail waits at a mail server for over a day", "452 4.3.1 not now")
    told(Told.DELIVERED, 2)
    lamps.are_dark("deferred")


def test_a_lesson_comes_back_after_the_course_went_on(lamps: Lamps) -> None:
    house = lamps.house
    house.enroll()
    lamps.tick()
    house.turn(days=4)
    lamps.tick()
    [first, second] = [each for each in overview.deliveries(house.parts) if each.kind == "lesson"]
    with house.parts.db.write() as session:
        event = Event("e1", first.id, 1, Told.POLICY, "550 5.7.1 not in our house", house.now)
        event_store.keep(session, [event], house.now)
    lamps.tick()
    assert second.state == "accepted"
    lamps.say("bounced", "1 lesson came back and the course went on without it", "550 5.7.1 not in our house")
    settle.resolve(house.parts, first.id, settle.Word.AGAIN, now=house.now)
    lamps.are_dark("bounced")
    lamps.tick()
    lamps.are_dark("bounced")


def test_nobody_takes_up_a_lesson_that_is_due(lamps: Lamps) -> None:
    lamps.house.enroll()
    lamps.house.turn(hours=2)
    lamps.beat()
    lamps.say("late", "1 lesson should have been sent over an hour ago")
    lamps.tick()
    lamps.are_dark("late")


def test_a_row_is_damaged_so_that_its_lesson_is_put_off_again_and_again(lamps: Lamps) -> None:
    ident = lamps.house.enroll()
    lamps.tick()
    change(lamps.house, "UPDATE enrollment SET zone = 'Gone/Away', offset_minutes = 999999 WHERE id = :id", id=ident)
    for _ in range(7):
        lamps.house.turn(days=1)
        lamps.tick()
    lamps.say("late", "cannot be prepared")
    change(lamps.house, "UPDATE enrollment SET zone = 'UTC', offset_minutes = 0 WHERE id = :id", id=ident)
    lamps.house.turn(hours=2)
    lamps.tick()
    lamps.are_dark("late")


def test_a_reader_has_no_next_lesson_and_no_date(lamps: Lamps) -> None:
    ident = lamps.house.enroll()
    lamps.tick()
    lamps.are_dark("stuck")
    change(lamps.house, "UPDATE enrollment SET due_at = NULL, wake_at = NULL WHERE id = :id", id=ident)
    lamps.say("stuck", "1 reader has no next lesson and no date")
    for act in ("pause", "resume"):
        assert lamps.line("subscriber", act, ident).code == 0
    lamps.are_dark("stuck")


def test_a_mail_in_hand_is_never_looked_at_again(lamps: Lamps, postman: Postman) -> None:
    lamps.house.enroll()
    postman.answer = Later("not now")
    lamps.tick()
    lamps.house.turn(hours=3)
    lamps.beat()
    lamps.say("queue", "1 mail in hand should have gone on over an hour ago")
    change(lamps.house, "UPDATE delivery SET wake_at = NULL")
    lamps.say("queue", "1 mail in hand")
    change(lamps.house, "UPDATE delivery SET wake_at = changed_at")
    postman.answer = Accepted()
    lamps.tick()
    lamps.are_dark("queue")


def test_a_reminder_is_not_sent(lamps: Lamps) -> None:
    ident = lamps.house.enroll()
    lamps.tick()
    change(
        lamps.house,
        "UPDATE enrollment SET due_at = NULL, wake_at = NULL, waits = 1, remind_at = last_accepted_at WHERE id = :id",
        id=ident,
    )
    lamps.house.turn(hours=2)
    lamps.beat()
    lamps.say("late", "1 reminder should have been sent")
    change(lamps.house, "UPDATE enrollment SET remind_at = NULL")
    lamps.are_dark("late")


# ----------------------------------------------------------------------------------------------------------- what comes in


def test_nobody_handles_a_message_that_came_in(lamps: Lamps) -> None:
    store.store(lamps.house.parts, Arrival(Door.PIPE, b"Subject: hello\n\nhello"), lamps.house.now)
    lamps.house.turn(hours=2)
    lamps.beat()
    lamps.say("arrivals", "1 message that came in waits for over an hour")
    lamps.tick()
    lamps.are_dark("arrivals")


def test_a_message_that_came_in_fails_again_and_again(lamps: Lamps) -> None:
    store.store(lamps.house.parts, Arrival(Door.PIPE, b"Subject: hello\n\nhello"), lamps.house.now)
    change(lamps.house, "UPDATE inbound SET raw_sealed = :junk", junk=b"not sealed by anybody")
    for _ in range(6):
        lamps.tick()
        lamps.house.turn(hours=1)
    lamps.tick()
    lamps.say("set-aside", "1 message that came in failed again and again", "sealed with a key that is not here")
    lamps.house.turn(days=31)
    lamps.tick()
    lamps.are_dark("set-aside")


def test_posts_of_the_provider_cannot_be_verified(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        lamps = Lamps(house, environment(tmp_path))
        lamps.tick()
        app = create_app(house.parts, house.clock)
        assert app.test_client().post("/hooks/sendgrid/events", json=[{}]).status_code == 503
        lamps.say("events", "could not be verified")
        house.turn(hours=2)
        lamps.tick()
        lamps.are_dark("events")


def test_the_mailbox_lets_nobody_in(lamps: Lamps) -> None:
    with imap_server(Letterbox(password="another")) as box:
        poll = poll_of(lamps.house, box)
        poll._poll_safely()
        lamps.say("mailbox", "refuses the user or the password")
        box.password = "p@ss word"
        poll._poll_safely()
        lamps.are_dark("mailbox")


def test_nobody_decides_about_a_sign_up(lamps: Lamps) -> None:
    wish = Wish("new@example.org", "rebuilding-trust", how=How.PAGE, consent="Yes.")
    request.request(lamps.house.parts, wish, lamps.house.now)
    lamps.house.turn(hours=2)
    lamps.beat()
    lamps.say("signups", "1 sign-up waits for over an hour for the confirmation mail")
    lamps.tick()
    lamps.are_dark("signups")


def test_the_provider_takes_mail_and_tells_nothing(tmp_path: Path, fake: FakeSendgrid) -> None:  # noqa: F811
    given = {
        "MAIL_URL": "sendgrid:",
        "SENDGRID_API_KEY": "SG.key",
        "SENDGRID_API_URL": fake.url,
        "SENDGRID_EVENT_PUBLIC_KEY": Signer().public_key,
    }
    with open_house(tmp_path, **given) as house:
        lamps = Lamps(house, environment(tmp_path, **given))
        house.enroll()
        lamps.tick()
        house.turn(days=1)
        lamps.tick()
        lamps.are_dark("events")
        house.turn(days=1, hours=1)
        lamps.tick()
        lamps.say("events", "SendGrid took 1 mail over 2 days ago and has told nothing since", "/hooks/sendgrid/events")
        [ident] = [each.id for each in overview.deliveries(house.parts) if each.state == "accepted" and not each.reason]
        with house.parts.db.write() as session:
            event_store.keep(session, [Event("mail:e0", ident, 1, Told.DEFERRED, "", house.now)], house.now)
        lamps.tick()
        lamps.say("events", "has told nothing since")
        with house.parts.db.write() as session:
            event_store.keep(session, [Event("e1", ident, 1, Told.DELIVERED, "", house.now)], house.now)
        lamps.tick()
        lamps.are_dark("events")


def test_more_ask_by_mail_than_may_without_proof(lamps: Lamps) -> None:
    house = lamps.house
    most = min(MOST_UNPROVEN.values())

    def ask(number: int) -> None:
        to = "subscribe@reply.letters.example.org"
        hand_in(house, compose(f"r{number}@example.org", to, subject="subscribe"))

    for number in range(most):
        ask(number)
    lamps.tick()
    lamps.are_dark("refused-signups")
    for number in range(most, most + 3):
        ask(number)
    lamps.tick()
    lamps.say("refused-signups", "3 mails asked for a course and were refused", "30 in an hour", "AUTHSERV_ID")
    house.turn(hours=25)
    lamps.tick()
    lamps.are_dark("refused-signups")


def test_a_confirmation_cannot_leave(lamps: Lamps, postman: Postman) -> None:
    wish = Wish("new@example.org", "rebuilding-trust", how=How.PAGE, consent="Yes.")
    request.request(lamps.house.parts, wish, lamps.house.now)
    postman.answer = Later("450 4.2.0 greylisted")
    for _ in range(26):
        lamps.tick()
        lamps.house.turn(hours=1)
    lamps.say("later", "1 mail could not be sent for over a day", "450 4.2.0 greylisted")
    postman.answer = Accepted()
    lamps.house.turn(hours=1)
    lamps.tick()
    lamps.are_dark("later")


def test_nobody_handles_an_event(lamps: Lamps) -> None:
    lamps.house.enroll()
    lamps.tick()
    [ident] = [each.id for each in overview.deliveries(lamps.house.parts)]
    with lamps.house.parts.db.write() as session:
        event_store.keep(session, [Event("e1", ident, 1, Told.DELIVERED, "", lamps.house.now)], lamps.house.now)
    lamps.house.turn(hours=2)
    lamps.beat()
    lamps.say("events", "1 event of the mail provider waits for over an hour")
    lamps.tick()
    lamps.are_dark("events")


def test_an_erasure_cannot_be_finished(lamps: Lamps) -> None:
    house = lamps.house
    ident = house.enroll()
    lamps.tick()
    with pytest.raises(AttributeError):  # whoever carried the mails does not answer: this one cannot even be asked
        erase.erase(house.parts, ident, house.now)
    house.turn(hours=2)
    lamps.tick()
    lamps.say("erasure", "1 reader asked over an hour ago that everything be erased")
    house.parts = replace(house.parts, transport=Outbox(house.folder / "outbox"))
    house.turn(hours=2)
    lamps.tick()
    lamps.are_dark("erasure")
