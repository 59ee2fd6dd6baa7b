"""The tables. A table has columns, not opinions: what the columns mean to each other is said in `domain` and done in `services`."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dripcourse.db.types import (
    ID_LENGTH,
    Digest,
    Ident,
    Instant,
    Line,
    MaybeMoment,
    Moment,
    QuietDates,
    Sealed,
    Short,
    words,
)
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.pacing import Pace
from dripcourse.domain.quiet import NONE, Quiet

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table shares: names for its constraints, so that a migration can find them."""

    metadata = MetaData(naming_convention=NAMING)


def table(model: type[Base]) -> Table:
    """A model's table, for statements over many rows at once."""
    return cast(Table, model.__table__)


def _belongs_to(table: str) -> ForeignKey:
    """A row that goes when its owner goes."""
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


def _index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the few rows that a query ever asks for, so that it stays small beside a million others."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class Subscriber(Base):
    """A reader: an address, sealed, and what finds it again.

    `phrase_since` is when this reader first set a phrase, and stays when it is gone: from then on no mail opens what they wrote.
    """

    __tablename__ = "subscriber"

    id: Mapped[Ident]
    address_sealed: Mapped[Sealed]
    address_index: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[Moment]
    reads_alone: Mapped[bool] = mapped_column(default=False)
    bounce_score: Mapped[float] = mapped_column(default=0.0)
    bounced_on: Mapped[date | None]
    phrase_since: Mapped[MaybeMoment]


class Erasure(Base):
    """A reader who asked that everything be erased, until it is: it goes with the last of what is known of them.

    `wake_at` is when to try, or to try again.
    """

    __tablename__ = "erasure"

    subscriber_id: Mapped[str] = mapped_column(String(ID_LENGTH), _belongs_to("subscriber"), primary_key=True)
    asked_at: Mapped[Moment]
    wake_at: Mapped[Moment] = mapped_column(index=True)


class ReaderKey(Base):
    """A reader's key pair: what they write is sealed to the public half; the private half is wrapped by REPLY_KEYS or by their phrase.

    A reader has one that is not retired, or none: two would leave it open which of them a word is sealed to. `tries` counts the
    phrases that were tried since `tries_since` and did not fit.
    """

    __tablename__ = "reader_key"
    __table_args__ = (
        _index_where("ix_reader_key_retired_at", "retired_at", where="retired_at IS NOT NULL"),
        _index_where("uq_reader_key_in_use", "subscriber_id", where="retired_at IS NULL", unique=True),
    )

    id: Mapped[Ident]
    subscriber_id: Mapped[str] = mapped_column(String(ID_LENGTH), _belongs_to("subscriber"), index=True)
    public_key: Mapped[Sealed]
    wrapped_private: Mapped[Sealed]
    wrapped_by: Mapped[Short]
    phrase_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    created_at: Mapped[Moment]
    retired_at: Mapped[MaybeMoment]
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    tries_since: Mapped[MaybeMoment]


class Enrollment(Base):
    """One reader in one course.

    `due_at` is the reader's slot for the next lesson, `wake_at` the instant from which a worker may claim it (later than `due_at`
    only for a late lesson that waits for the morning); both are empty while a lesson is in hand or nothing is to come.
    `promised_at` is what the last mail said of the next one. `weekday` and `hour` are empty until the reader confirms.
    `set_at` is when `due_at` or `remind_at` was set, by the clock that set it: if that has not come yet, that clock was wrong.
    `waits` while the next lesson waits for the reader's own word: then nothing is due, and `remind_at` is when they are told so, once.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        _index_where(
            "uq_enrollment_live",
            "subscriber_id",
            "course",
            where="state IN ('pending', 'active', 'paused')",
            unique=True,
        ),
        _index_where("ix_enrollment_wake_at", "wake_at", where="wake_at IS NOT NULL AND state = 'active'"),
        _index_where("ix_enrollment_due_at", "due_at", where="due_at IS NOT NULL AND state = 'active'"),
        _index_where("ix_enrollment_set_at", "set_at", where="set_at IS NOT NULL AND state = 'active'"),
        _index_where("ix_enrollment_remind_at", "remind_at", where="remind_at IS NOT NULL AND state = 'active'"),
        _index_where("ix_enrollment_paused_until", "paused_until", where="paused_until IS NOT NULL"),
        _index_where("ix_enrollment_pending", "created_at", where="state = 'pending'"),
        _index_where("ix_enrollment_waiting", "course", where="pause_reason = 'course'"),
        _index_where("ix_enrollment_going", "course", where="state IN ('active', 'paused')"),
        _index_where("ix_enrollment_in_hand", "last_accepted_at", where="due_at IS NULL AND state = 'active'"),
        _index_where("ix_enrollment_put_off", "promised_at", where="promised_at < due_at AND state = 'active'"),
        Index("ix_enrollment_subscriber_id", "subscriber_id", "course"),
        Index("ix_enrollment_created_at", "created_at"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
    )

    id: Mapped[Ident]
    subscriber_id: Mapped[str] = mapped_column(String(ID_LENGTH), _belongs_to("subscriber"))
    course: Mapped[Short]
    perspective: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[Short]
    zone: Mapped[Short]
    offset_minutes: Mapped[int]
    weekday: Mapped[int | None]
    hour: Mapped[int | None]
    pace: Mapped[Pace] = mapped_column(words(Pace, "pace"))
    state: Mapped[EnrollmentState] = mapped_column(words(EnrollmentState, "state"))
    left_reason: Mapped[LeftReason | None] = mapped_column(words(LeftReason, "left_reason"))
    pause_reason: Mapped[PauseReason | None] = mapped_column(words(PauseReason, "pause_reason"))
    paused_until: Mapped[MaybeMoment]
    due_at: Mapped[MaybeMoment]
    wake_at: Mapped[MaybeMoment]
    promised_at: Mapped[MaybeMoment]
    set_at: Mapped[MaybeMoment]
    last_lesson: Mapped[str | None] = mapped_column(String(64))
    last_number: Mapped[int] = mapped_column(default=-1)
    last_accepted_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]
    confirmed_at: Mapped[MaybeMoment]
    ended_at: Mapped[MaybeMoment]
    subject_style: Mapped[Short] = mapped_column(default="discreet")
    cover_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    behind_link: Mapped[bool] = mapped_column(default=False)
    reminders: Mapped[bool] = mapped_column(default=True)
    waits: Mapped[bool] = mapped_column(default=False, server_default=false())
    remind_at: Mapped[MaybeMoment]
    quiet: Mapped[Quiet] = mapped_column(QuietDates, default=NONE, server_default=text("''"))


class Signup(Base):
    """A request to be written to, appended alike for every address; a tick decides what becomes of it. The payload is sealed."""

    __tablename__ = "signup"
    __table_args__ = (
        _index_where("ix_signup_unhandled", "requested_at", where="handled_at IS NULL"),
        Index("ix_signup_requested_at", "requested_at"),
    )

    id: Mapped[Ident]
    address_index: Mapped[Digest] = mapped_column(index=True)
    mailbox_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    payload_sealed: Mapped[Sealed]
    how: Mapped[Short]
    requested_at: Mapped[Moment]
    handled_at: Mapped[MaybeMoment]
    confirmed_at: Mapped[MaybeMoment]
    enrollment_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("enrollment.id", ondelete="SET NULL"), index=True
    )


class ConsentText(Base):
    """The words somebody agreed to, each distinct text once."""

    __tablename__ = "consent_text"

    hash: Mapped[Digest] = mapped_column(primary_key=True)
    language: Mapped[Short]
    text: Mapped[str] = mapped_column(Text)


class Consent(Base):
    """The evidence that a reader asked for this: which words, when, how, and when they confirmed.

    `signup_id` is the id of the sign-up, which is forgotten long before: it is what a confirmation link names.
    """

    __tablename__ = "consent"

    id: Mapped[Ident]
    enrollment_id: Mapped[str] = mapped_column(String(ID_LENGTH), _belongs_to("enrollment"), index=True)
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(32), ForeignKey("consent_text.hash"))
    how: Mapped[Short]
    asked_at: Mapped[Moment]
    given_at: Mapped[Moment]
    signup_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)


class LessonText(Base):
    """What was said: the plain text of a lesson as it went out, each distinct text once."""

    __tablename__ = "lesson_text"

    hash: Mapped[Digest] = mapped_column(primary_key=True)
    course: Mapped[Short]
    slug: Mapped[Short]
    perspective: Mapped[Short]
    language: Mapped[Short]
    subject: Mapped[Line]
    text: Mapped[str] = mapped_column(Text)


class Delivery(Base):
    """One mail to one reader. The unique (kind, key) is the promise that it goes at most once.

    `wake_at` is when this row next wants looking at. claimed: the end of the lease, or the not-before of a retry; from then on
    anybody may claim it. sending: the end of the lease, after which it is unsure. unsure: when to ask for evidence again.
    `fence` grows with every claim, so that a worker that was overtaken can no longer act on the row.
    `answer_sealed` is what a receipt says, and to which message. `carrier` is the transport and the ledger that it was marked for.
    `put_off_since` is when the other side first refused this mail for the moment, for a reason of its own.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        _index_where("ix_delivery_wake_at", "state", "wake_at", where="wake_at IS NOT NULL"),
        _index_where("ix_delivery_answer", "changed_at", where="answer_sealed IS NOT NULL"),
        _index_where("ix_delivery_held", "course", where="state = 'held'"),
        _index_where(
            "ix_delivery_asleep", "state", where="wake_at IS NULL AND state IN ('claimed', 'sending', 'unsure')"
        ),
        _index_where(
            "ix_delivery_set_back", "state", "changed_at", where="state IN ('deferred', 'bounced', 'refused')"
        ),
        _index_where("ix_delivery_confirm", "claimed_at", where="kind = 'confirm'"),
        Index("ix_delivery_recipient", "recipient", "kind", "claimed_at"),
        Index("ix_delivery_changed_at", "changed_at"),
    )

    id: Mapped[Ident]
    kind: Mapped[Kind] = mapped_column(words(Kind, "kind"))
    key: Mapped[str] = mapped_column(String(128))
    enrollment_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), _belongs_to("enrollment"), index=True)
    signup_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("signup.id", ondelete="SET NULL"), index=True
    )
    recipient: Mapped[Digest]
    course: Mapped[Short]
    lesson: Mapped[str | None] = mapped_column(String(64))
    lesson_text: Mapped[bytes | None] = mapped_column(LargeBinary(32), ForeignKey("lesson_text.hash"))
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState, "state"))
    reason: Mapped[Reason] = mapped_column(words(Reason, "reason"), default=Reason.NONE)
    detail: Mapped[Line] = mapped_column(default="")
    fence: Mapped[int] = mapped_column(default=1)
    wake_at: Mapped[MaybeMoment]
    due_at: Mapped[MaybeMoment]
    claimed_at: Mapped[Moment]
    marked_at: Mapped[MaybeMoment]
    accepted_at: Mapped[MaybeMoment]
    promise_at: Mapped[MaybeMoment]
    changed_at: Mapped[Moment]
    provider_ref: Mapped[str | None] = mapped_column(String(128), index=True)
    revoked_at: Mapped[MaybeMoment]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    carrier: Mapped[str | None] = mapped_column(String(64))
    put_off_since: Mapped[MaybeMoment]


class Inbound(Base):
    """A message that arrived, stored sealed before anybody was told so, and what was made of it.

    `wake_at` is from when it may be handled; `attempts` counts how often that was begun.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        _index_where("ix_inbound_wake_at", "wake_at", where="wake_at IS NOT NULL"),
        _index_where("ix_inbound_open", "received_at", where="handled_at IS NULL OR verdict IS NULL"),
        Index("ix_inbound_received_at", "received_at"),
    )

    id: Mapped[Ident]
    digest: Mapped[Digest] = mapped_column(unique=True)
    door: Mapped[Short]
    raw_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int]
    received_at: Mapped[Moment]
    wake_at: Mapped[MaybeMoment]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    handled_at: Mapped[MaybeMoment]
    verdict: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[Line] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    delivery_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("delivery.id", ondelete="SET NULL"), index=True
    )


class Reply(Base):
    """What a reader wrote in answer to a prompt, sealed to their own key. Private until `shared_at`; `host_read_at` is when the host saw it."""

    __tablename__ = "reply"
    __table_args__ = (
        _index_where("ix_reply_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
        _index_where("ix_reply_unread", "shared_at", where="shared_at IS NOT NULL AND host_read_at IS NULL"),
        Index("ix_reply_received_at", "received_at"),
    )

    id: Mapped[Ident]
    enrollment_id: Mapped[str] = mapped_column(String(ID_LENGTH), _belongs_to("enrollment"), index=True)
    delivery_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("delivery.id", ondelete="SET NULL"), index=True
    )
    inbound_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), unique=True)
    reader_key_id: Mapped[str] = mapped_column(String(ID_LENGTH), _belongs_to("reader_key"), index=True)
    text_sealed: Mapped[Sealed]
    raw_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    host_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    host_whole_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sender: Mapped[Short]
    received_at: Mapped[Moment]
    shared_at: Mapped[MaybeMoment]
    host_read_at: Mapped[MaybeMoment]
    deleted_at: Mapped[MaybeMoment]


class ProviderEvent(Base):
    """Something a mail provider told us about a sending, once."""

    __tablename__ = "provider_event"
    __table_args__ = (
        _index_where("ix_provider_event_unhandled", "received_at", where="handled_at IS NULL"),
        Index("ix_provider_event_received_at", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    delivery_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    kind: Mapped[Short]
    detail: Mapped[Line] = mapped_column(default="")
    happened_at: Mapped[Moment]
    received_at: Mapped[Moment]
    handled_at: Mapped[MaybeMoment]


class Suppression(Base):
    """An address that is not written to, as a keyed digest, and why."""

    __tablename__ = "suppression"

    address_index: Mapped[Digest] = mapped_column(primary_key=True)
    reason: Mapped[Short]
    since: Mapped[Moment]


class Lift(Base):
    """A suppression that was lifted: what it was for, and when, by whom (`reader`, `host`) and why it was."""

    __tablename__ = "lift"

    id: Mapped[Ident]
    address_index: Mapped[Digest] = mapped_column(index=True)
    reason: Mapped[Short]
    since: Mapped[Moment]
    lifted_at: Mapped[Moment]
    by: Mapped[Short]
    why: Mapped[Line]


class Instance(Base):
    """The database's own fingerprint when it was set up or adopted; on a copy it no longer fits, and the copy is mute.

    `turn_in_file` is the highest count of facts that was seen in SQLite's file without its log (see `db.header`).
    """

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[Line]
    sealed_at: Mapped[Moment]
    key_check: Mapped[bytes | None] = mapped_column(LargeBinary)
    epoch: Mapped[int] = mapped_column(default=1)
    turn_in_file: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class Noted(Base):
    """Which bytes of a journal file hold facts that this database knows: written by the transaction that made each of them true."""

    __tablename__ = "noted"

    file: Mapped[str] = mapped_column(String(64), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stop: Mapped[int] = mapped_column(BigInteger)


class Beat(Base):
    """The last tick of each process that ticks, and what that process has before it: its courses, its addresses, its journal."""

    __tablename__ = "beat"

    id: Mapped[Ident]
    started_at: Mapped[datetime] = mapped_column(Instant)
    beat_at: Mapped[datetime] = mapped_column(Instant)
    courses: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    voice: Mapped[Line] = mapped_column(default="", server_default=text("''"))
    place: Mapped[Short] = mapped_column(default="", server_default=text("''"))


class Circuit(Base):
    """A transport that is closed for everyone for a while, and why."""

    __tablename__ = "circuit"

    transport: Mapped[Short] = mapped_column(primary_key=True)
    opened_at: Mapped[MaybeMoment]
    probe_at: Mapped[MaybeMoment]
    failures: Mapped[int] = mapped_column(default=0)
    reason: Mapped[Line] = mapped_column(default="")
