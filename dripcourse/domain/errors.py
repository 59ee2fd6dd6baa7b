"""Every failure that a person may meet, named by what they can do next.

DripError            could not (exit 1); the message is for people
|- UsageError        asked for in a way that cannot be done (exit 2)
|  `- SettingsError  one or more settings are missing or wrong (exit 2)
|- CourseError       a course's files have faults (exit 1)
|- NotFound          nothing goes by that name or id
|  `- Gone           it was one of ours, and nothing is kept of it any more
|- AddressError      that is not an address we can write to
|  `- AsciiOnlyError  it may be one, but the part before its @ has letters beyond a to z
|- SuppressedError   that address asked never to be written to
|- DatabaseAway      the database does not answer; nothing was changed, try again
|  `- JournalAway    a fact cannot be noted outside the database, so it does not stand; try again
|- SchemaError       the database is not at the schema this code needs
`- MuteError         this database is a copy and must not speak
"""

from collections.abc import Sequence
from dataclasses import dataclass


class DripError(Exception):
    """Something that could not be done; `str(error)` is a sentence for a person and holds no address."""


class UsageError(DripError):
    """The call itself was wrong: an unknown name, a missing word."""


class SettingsError(UsageError):
    """The settings do not allow a start; `problems` is the whole list, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in an author's file, and where: `file` as the author would name it, `line` from 1 (0: the whole file)."""

    file: str
    line: int
    says: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.says}"


class CourseError(DripError):
    """One or more faults in course files; `faults` names file and line of each."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotFound(DripError):
    """Nothing goes by that id, name or address."""


class Gone(NotFound):
    """A link that we made ourselves, to what was erased or deleted since."""


class Forgotten(Gone):
    """Nothing is known of what a link belonged to, so nothing can be said of it, not even that it has ended."""


class AddressError(DripError):
    """What was given is not an address that mail can be sent to."""


class AsciiOnlyError(AddressError):
    """The local part needs SMTPUTF8 (RFC 6531), which SendGrid refuses and many mailbox providers do not take."""


class SuppressedError(DripError):
    """The address asked never to be written to again, or cannot be written to."""


class DatabaseAway(DripError):
    """The database is locked, full, stopped or unreachable. Whatever was being done was not done."""


class JournalAway(DatabaseAway):
    """The journal cannot be written to, so the fact that was to be noted does not stand."""


class SchemaError(DripError):
    """The database's schema is not the one this code was written for; the message names the command."""


class TwoInstallations(DripError):
    """Another installation, with another BASE_URL or MAIL_FROM, sends by this database already."""


class MuteError(DripError):
    """The database is a copy (a restored backup, a clone) and sends nothing until `dripcourse adopt`."""
