"""What is kept, column by column: what it is, in what form, for how long, and who can read it.

The one place that says so. `/privacy` and the table of docs/privacy.md are made from it, `doctor privacy` holds a database against
it, and a test fails for a column that is not here: nothing is kept about anybody that its page does not name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What kind of thing it is to a reader; also the groups of the page, in their order."""

    ADDRESS = "address"
    CHOICE = "choice"
    DATE = "date"
    WORDS = "words"
    EVIDENCE = "evidence"
    TECHNICAL = "technical"


class Form(StrEnum):
    """How it stands in the database: by REPLY_KEYS, by the reader's own key, as a keyed digest, or readable."""

    SEALED = "sealed"
    OWN = "own"
    FINGERPRINT = "fingerprint"
    PLAIN = "plain"


class Until(StrEnum):
    """How long, said with `pages.kept_until` of this name."""

    ERASED = "erased"
    DELETED = "deleted"
    TAKEN_BACK = "taken_back"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    ASKED = "asked"
    SEASON = "season"
    DAY = "day"
    DATABASE = "database"


class Who(StrEnum):
    """Who can read it: nobody; the reader alone, by a promise of whoever runs it; the reader's words, once shared; whoever runs it."""

    NOBODY = "nobody"
    READER = "reader"
    SHARED = "shared"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is kept. `name` finds its words (`pages.kept_things`); `columns` are those that hold it, as `table.column`."""

    name: str
    sort: Sort
    form: Form
    until: Until
    who: Who
    columns: tuple[str, ...]


def _of(table: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"{table}.{column}" for column in columns)


_SEALED, _OWN, _PRINT, _PLAIN = Form.SEALED, Form.OWN, Form.FINGERPRINT, Form.PLAIN

KEPT = (
    # -- a reader's address, and the request that brought it
    Kept("address", Sort.ADDRESS, _SEALED, Until.ERASED, Who.HOST, _of("subscriber", "address_sealed")),
    Kept("address_print", Sort.ADDRESS, _PRINT, Until.ERASED, Who.NOBODY, (*_of("subscriber", "address_index"), *_of("lift", "address_index"))),
    Kept("request", Sort.ADDRESS, _SEALED, Until.FORTNIGHT, Who.HOST, _of("signup", "payload_sealed")),
    Kept("request_print", Sort.ADDRESS, _PRINT, Until.FORTNIGHT, Who.NOBODY, _of("signup", "address_index", "mailbox_index")),
    Kept("mail_print", Sort.ADDRESS, _PRINT, Until.ERASED, Who.NOBODY, _of("delivery", "recipient")),
    Kept("returned", Sort.ADDRESS, _PLAIN, Until.ERASED, Who.HOST, _of("subscriber", "bounce_score", "bounced_on")),
    Kept("never", Sort.ADDRESS, _PRINT, Until.DATABASE, Who.NOBODY, _of("suppression", "address_index")),
    Kept("lifted", Sort.ADDRESS, _PLAIN, Until.ERASED, Who.HOST, _of("lift", "reason", "since", "lifted_at", "by", "why")),
    Kept("never_why", Sort.ADDRESS, _PLAIN, Until.DATABASE, Who.HOST, _of("suppression", "reason", "since")),
    # -- what a reader chose
    Kept("reading", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("enrollment", "course", "perspective", "language")),
    Kept("slot", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("enrollment", "zone", "offset_minutes", "weekday", "hour")),
    Kept("pace", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("enrollment", "pace", "reminders")),
    Kept("pause", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("enrollment", "pause_reason", "paused_until")),
    Kept("quiet", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("enrollment", "quiet")),
    Kept("look", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("enrollment", "subject_style", "behind_link")),
    Kept("cover", Sort.CHOICE, _SEALED, Until.ERASED, Who.HOST, _of("enrollment", "cover_sealed")),
    Kept("alone", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("subscriber", "reads_alone")),
    Kept("phrase", Sort.CHOICE, _PLAIN, Until.ERASED, Who.HOST, _of("subscriber", "phrase_since")),
    # -- which mail went when, and when the next one comes
    Kept(
        "place", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST,
        _of("enrollment", "state", "left_reason", "last_lesson", "last_number"),
    ),
    Kept(
        "dates", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST,
        _of("enrollment", "due_at", "wake_at", "promised_at", "set_at", "last_accepted_at", "waits", "remind_at"),
    ),
    Kept(
        "began", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST,
        (*_of("subscriber", "created_at"), *_of("enrollment", "created_at", "confirmed_at", "ended_at")),
    ),
    Kept(
        "mails", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST,
        _of("delivery", "kind", "course", "lesson", "lesson_text", "state", "reason", "detail"),
    ),
    Kept(
        "mail_dates", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST,
        _of("delivery", "due_at", "wake_at", "claimed_at", "marked_at", "accepted_at", "promise_at", "changed_at", "revoked_at", "put_off_since"),
    ),
    Kept("carrier", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST, _of("delivery", "provider_ref", "carrier")),
    Kept(
        "told", Sort.DATE, _PLAIN, Until.SEASON, Who.HOST,
        _of("provider_event", "kind", "detail", "happened_at", "received_at", "handled_at"),
    ),
    Kept("erasing", Sort.DATE, _PLAIN, Until.ERASED, Who.HOST, _of("erasure", "asked_at", "wake_at")),
    Kept(
        "texts", Sort.DATE, _PLAIN, Until.DATABASE, Who.HOST,
        _of("lesson_text", "hash", "course", "slug", "perspective", "language", "subject", "text"),
    ),
    # -- what a reader writes, and mail that comes in
    Kept("written", Sort.WORDS, _OWN, Until.DELETED, Who.READER, _of("reply", "text_sealed", "raw_sealed")),
    Kept("shared", Sort.WORDS, _SEALED, Until.TAKEN_BACK, Who.SHARED, _of("reply", "host_sealed", "host_whole_sealed")),
    Kept(
        "written_dates", Sort.WORDS, _PLAIN, Until.DELETED, Who.HOST,
        _of("reply", "sender", "received_at", "shared_at", "host_read_at", "deleted_at"),
    ),
    Kept("key", Sort.WORDS, _SEALED, Until.DELETED, Who.NOBODY, _of("reader_key", "wrapped_private")),
    Kept(
        "lock", Sort.WORDS, _PLAIN, Until.DELETED, Who.HOST,
        _of("reader_key", "public_key", "wrapped_by", "phrase_salt", "created_at", "retired_at"),
    ),
    Kept("tries", Sort.WORDS, _PLAIN, Until.DELETED, Who.HOST, _of("reader_key", "tries", "tries_since")),
    Kept("answer", Sort.WORDS, _SEALED, Until.MONTH, Who.NOBODY, _of("delivery", "answer_sealed")),
    Kept("arrival", Sort.WORDS, _SEALED, Until.ASKED, Who.NOBODY, _of("inbound", "raw_sealed")),
    Kept("arrival_print", Sort.WORDS, _PRINT, Until.DATABASE, Who.NOBODY, _of("inbound", "digest")),
    Kept(
        "arrival_facts", Sort.WORDS, _PLAIN, Until.DATABASE, Who.HOST,
        _of("inbound", "door", "size", "received_at", "wake_at", "attempts", "handled_at", "verdict", "reason", "evidence"),
    ),
    # -- that somebody asked for this
    Kept("agreed", Sort.EVIDENCE, _PLAIN, Until.ERASED, Who.HOST, _of("consent", "text_hash", "how", "asked_at", "given_at")),
    Kept("agreed_text", Sort.EVIDENCE, _PLAIN, Until.DATABASE, Who.HOST, _of("consent_text", "hash", "language", "text")),
    Kept(
        "asked", Sort.EVIDENCE, _PLAIN, Until.FORTNIGHT, Who.HOST,
        _of("signup", "how", "requested_at", "handled_at", "confirmed_at"),
    ),
    # -- what the machine needs
    Kept(
        "numbers", Sort.TECHNICAL, _PLAIN, Until.ERASED, Who.HOST,
        (
            "subscriber.id", "erasure.subscriber_id", *_of("reader_key", "id", "subscriber_id"), *_of("enrollment", "id", "subscriber_id"),
            *_of("signup", "id", "enrollment_id"), *_of("consent", "id", "enrollment_id", "signup_id"), "lift.id",
            *_of("delivery", "id", "key", "enrollment_id", "signup_id", "fence"), *_of("inbound", "id", "delivery_id"),
            *_of("reply", "id", "enrollment_id", "delivery_id", "inbound_id", "reader_key_id"),
            *_of("provider_event", "id", "delivery_id"),
        ),
    ),
    Kept("check", Sort.TECHNICAL, _SEALED, Until.DATABASE, Who.NOBODY, _of("instance", "key_check")),
    Kept(
        "machine", Sort.TECHNICAL, _PLAIN, Until.DATABASE, Who.HOST,
        (
            *_of("instance", "id", "fingerprint", "sealed_at", "epoch", "turn_in_file"),
            *_of("noted", "file", "start", "stop"),
            *_of("circuit", "transport", "opened_at", "probe_at", "failures", "reason"),
        ),
    ),
    Kept("beats", Sort.TECHNICAL, _PLAIN, Until.DAY, Who.HOST, _of("beat", "id", "started_at", "beat_at", "courses", "voice", "place")),
)  # fmt: skip
"""Everything that is kept. Each column of the schema stands in exactly one of these."""


def grouped() -> Iterator[tuple[Sort, list[Kept]]]:
    """What is kept, by its sort, in the order of the page."""
    for sort in Sort:
        yield sort, [each for each in KEPT if each.sort is sort]


def columns_of(*forms: Form) -> Iterator[tuple[str, str]]:
    """(table, column) of everything that is kept in one of these forms."""
    for each in KEPT:
        if each.form in forms:
            for column in each.columns:
                table, _, name = column.partition(".")
                yield table, name
