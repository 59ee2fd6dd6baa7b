"""Column types that keep a promise the database does not."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, Enum, LargeBinary, String
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from dripcourse.domain.quiet import Quiet, QuietDate


class Instant(TypeDecorator[datetime]):
    """An instant: aware and in UTC on both sides, whatever the database makes of time zones. Refuses naive datetimes."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite, which has no time zones, is given the UTC wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back from the database, always in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class QuietDates(TypeDecorator[Quiet]):
    """A reader's quiet dates, sorted, with commas between them: `--12-24,2027-02-14`. None at all is an empty text."""

    impl = String(255)
    cache_ok = True

    def process_bind_param(self, value: Quiet | None, dialect: Dialect) -> str:  # noqa: ARG002
        """As one line of text."""
        return ",".join(sorted(map(str, value or ())))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Quiet:  # noqa: ARG002
        """Back from the database."""
        return frozenset(map(QuietDate.read, value.split(","))) if value else frozenset()


def words(kind: type[StrEnum], name: str) -> Enum:
    """A column that holds the words of an enumeration, and refuses any other before it reaches the database.

    No CHECK constraint lists them: a new word needs no migration.
    """
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=False,
        length=16,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


ID_LENGTH = 26
"""128 random bits in base32, see dripcourse.domain.tokens."""

Ident = Annotated[str, mapped_column(String(ID_LENGTH), primary_key=True)]
Moment = Annotated[datetime, mapped_column(Instant)]
MaybeMoment = Annotated[datetime | None, mapped_column(Instant)]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
"""Ciphertext, bound to its row."""
Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
"""A keyed digest: finds equals, tells nothing."""
Short = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(255))]

Row = dict[str, Any]
"""Values for one row of a bulk statement, by column name."""
