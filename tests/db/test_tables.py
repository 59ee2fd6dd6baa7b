"""What the tables promise by themselves, whoever writes to them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from dripcourse.db import once, queries
from dripcourse.db.models import (
    Base,
    Consent,
    ConsentText,
    Delivery,
    Enrollment,
    Inbound,
    Instance,
    LessonText,
    ReaderKey,
    Reply,
    Signup,
    Subscriber,
)
from dripcourse.db.session import Database
from dripcourse.domain.delivery import Kind
from dripcourse.domain.enrollment import LIVE, EnrollmentState
from dripcourse.services.crypto.keyring import new_id
from tests.db.rows import NOW, delivery, enrollment, subscriber


def count(db: Database, model: type[Base]) -> int:
    with db.read() as session:
        return len(session.scalars(select(model)).all())


# ------------------------------------------------------------------------------------------------------------ instants


@pytest.mark.parametrize(
    "written",
    [
        datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 3, 29, 3, 0, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
        datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(db: Database, written: datetime) -> None:
    row = subscriber(created_at=written)
    with db.write() as session:
        session.add(row)
    with db.read() as session:
        read = session.get_one(Subscriber, row.id).created_at
    assert read == written.astimezone(UTC)  # not `written`: between zones, a time that comes twice equals nothing
    assert read.tzinfo is UTC


def test_an_instant_without_its_zone_is_refused(db: Database) -> None:
    naive = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001 - the point of the test
    with pytest.raises(StatementError, match="an instant needs its zone"), db.write() as session:
        session.add(subscriber(created_at=naive))
    assert count(db, Subscriber) == 0


def test_instants_are_compared_as_instants_and_not_as_texts(db: Database) -> None:
    reader = subscriber()
    east = timezone(timedelta(hours=9))
    with db.write() as session:
        session.add(reader)
        session.flush()
        session.add(enrollment(reader, wake_at=datetime(2026, 3, 2, 18, 0, tzinfo=east)))  # 09:00 in UTC
    with db.read() as session:
        at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        early = queries.claim.enrollments_due(at - timedelta(microseconds=1), 10, any_hour=False)
        assert session.execute(early).all() == []
        assert len(session.execute(queries.claim.enrollments_due(at, 10, any_hour=False)).all()) == 1


# --------------------------------------------------------------------------------------------------------- enumerations


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("delivery", "state"),
        ("delivery", "kind"),
        ("delivery", "reason"),
        ("enrollment", "state"),
        ("enrollment", "pace"),
        ("enrollment", "left_reason"),
        ("enrollment", "pause_reason"),
    ],
)
def test_a_word_that_is_in_no_enumeration_is_refused(db: Database, table: str, column: str) -> None:
    rows = Base.metadata.tables[table]
    with pytest.raises(StatementError, match="not among the defined enum values"), db.write() as session:
        session.execute(rows.update().values({column: "sideways"}))


@pytest.mark.parametrize(("column", "value"), [("weekday", 7), ("weekday", -1), ("hour", 24), ("hour", -1)])
def test_a_slot_that_is_on_no_calendar_is_refused(db: Database, column: str, value: int) -> None:
    reader = subscriber()
    with db.write() as session:
        session.add(reader)
    with pytest.raises(IntegrityError, match=f"ck_enrollment_{column}"), db.write() as session:
        session.add(enrollment(reader, **{column: value}))


def test_there_is_one_seal_and_no_second(db: Database) -> None:
    with pytest.raises(IntegrityError, match="ck_instance_one"), db.write() as session:
        session.execute(insert(Instance).values(id=2, fingerprint="another", sealed_at=NOW, epoch=1))


# ----------------------------------------------------------------------------------------------------------- uniqueness


def test_a_delivery_is_unique_by_kind_and_key(db: Database) -> None:
    with db.write() as session:
        session.add(delivery(key="e:welcome"))
        session.add(delivery(key="e:welcome", kind=Kind.COPY))  # another kind is another mail
    with (
        pytest.raises(IntegrityError, match=r"uq_delivery_kind_key|delivery\.kind, delivery\.key"),
        db.write() as session,
    ):
        session.add(delivery(key="e:welcome"))
    assert count(db, Delivery) == 2


@pytest.mark.parametrize("first", LIVE)
@pytest.mark.parametrize("second", LIVE)
def test_a_reader_has_one_live_enrollment_in_a_course(
    db: Database, first: EnrollmentState, second: EnrollmentState
) -> None:
    reader = subscriber()
    with db.write() as session:
        session.add(reader)
        session.flush()
        session.add(enrollment(reader, state=first))
        session.add(enrollment(reader, state=EnrollmentState.LEFT))
        session.add(enrollment(reader, state=EnrollmentState.COMPLETED))
        session.add(enrollment(reader, course="another", state=first))
    with pytest.raises(IntegrityError), db.write() as session:
        session.add(enrollment(reader, state=second))
    with pytest.raises(IntegrityError), db.write() as session:  # nor by coming back to one that was over
        session.execute(update(Enrollment).where(Enrollment.state == EnrollmentState.LEFT).values(state=second))
    assert count(db, Enrollment) == 4


def test_an_address_belongs_to_one_reader(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as session:
        session.add_all([subscriber(address_index=b"a" * 32), subscriber(address_index=b"a" * 32)])


def test_words_that_two_processes_keep_at_once_are_kept_once(db: Database) -> None:
    row = {"hash": b"h" * 32, "language": "en", "text": "Yes."}
    other = {"hash": b"i" * 32, "language": "en", "text": "No."}
    for rows in ([row], [row, other], [other]):
        with db.write() as session:
            once.keep_once(session, ConsentText, rows)
    assert count(db, ConsentText) == 2


# ------------------------------------------------------------------------------------------------------ what goes with what


def test_erasing_a_reader_takes_everything_of_theirs_and_nothing_else(db: Database) -> None:
    reader, bystander = subscriber(), subscriber()
    course = enrollment(reader)
    mail, signup, arrived, key = delivery(course), new_id(), new_id(), new_id()
    with db.write() as session:
        session.add_all([reader, bystander])
        session.flush()
        session.add_all([course, enrollment(bystander)])
        session.add(ConsentText(hash=b"h" * 32, language="en", text="Yes."))
        session.add(
            ReaderKey(
                id=key, subscriber_id=reader.id, public_key=b"k", wrapped_private=b"k", wrapped_by="us", created_at=NOW
            )
        )
        session.flush()
        session.add(mail)
        session.add(
            Consent(id=new_id(), enrollment_id=course.id, text_hash=b"h" * 32, how="page", asked_at=NOW, given_at=NOW)
        )
        session.add(
            Signup(
                id=signup,
                address_index=b"a" * 32,
                payload_sealed=b"p",
                how="page",
                requested_at=NOW,
                enrollment_id=course.id,
            )
        )
        session.flush()
        session.add(Inbound(id=arrived, digest=b"d" * 32, door="smtp", size=1, received_at=NOW, delivery_id=mail.id))
        session.add(Reply(id=new_id(), enrollment_id=course.id, delivery_id=mail.id, inbound_id=arrived, reader_key_id=key,
                          text_sealed=b"t", sender="reader", received_at=NOW))  # fmt: skip
    with db.write() as session:
        session.delete(session.get_one(Subscriber, reader.id))
    for gone in (ReaderKey, Consent, Delivery, Reply):
        assert count(db, gone) == 0, gone.__name__
    assert count(db, Enrollment) == 1
    assert count(db, Subscriber) == 1
    with db.read() as session:
        assert session.get_one(Signup, signup).enrollment_id is None
        assert session.get_one(Inbound, arrived).delivery_id is None


def test_a_sign_up_that_is_forgotten_leaves_the_record_that_a_confirmation_went(db: Database) -> None:
    signup = Signup(id=new_id(), address_index=b"a" * 32, payload_sealed=b"p", how="page", requested_at=NOW)
    with db.write() as session:
        session.add(signup)
        session.flush()
        session.add(delivery(kind=Kind.CONFIRM, signup_id=signup.id))
    with db.write() as session:
        session.delete(session.get_one(Signup, signup.id))
    with db.read() as session:
        assert session.scalars(select(Delivery)).one().signup_id is None


def test_a_row_cannot_belong_to_nobody(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as session:
        session.add(enrollment(subscriber()))  # a reader who was never stored


def test_kept_words_cannot_go_while_a_delivery_said_them(db: Database) -> None:
    words = LessonText(
        hash=b"w" * 32, course="small", slug="welcome", perspective="unsaid", language="en", subject="Hi", text="Hi."
    )
    with db.write() as session:
        session.add(words)
        session.flush()
        session.add(delivery(lesson_text=words.hash))
    with pytest.raises(IntegrityError), db.write() as session:
        session.delete(session.get_one(LessonText, words.hash))


def test_the_text_of_a_broken_promise_holds_no_value_of_any_row(db: Database) -> None:
    reader = subscriber(address_sealed=b"do-not-show-this")
    twin = subscriber(address_index=reader.address_index, address_sealed=b"nor-this-one")
    with db.write() as session:
        session.add(reader)
    with pytest.raises(IntegrityError) as caught, db.write() as session:
        session.add(twin)
    assert "nor-this-one" not in str(caught.value)
