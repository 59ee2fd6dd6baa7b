"""`make bench`: how much of a dispatch is not the wire, and whether a tick stays flat as readers gather."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import event, insert

from bench.arriving import arriving
from bench.inbound import reading
from dripcourse.db.models import Enrollment, Subscriber, table
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.mail import Accepted, Evidence, Outcome, Outgoing
from dripcourse.domain.mime import mime
from dripcourse.domain.pacing import Pace, Slot, first_slot
from dripcourse.services.crypto.keyring import new_id
from tests.support.house import MONDAY, House, open_house

_CHUNK = 5_000


class Sink:
    """A transport that builds each mail's bytes and drops them: the least that any wire must do."""

    is_local = True

    def __init__(self) -> None:
        self.mails: list[Outgoing] = []

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:  # noqa: ARG002
        mime(mail)
        self.mails.append(mail)
        return Accepted()

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:  # noqa: ARG002
        return Evidence.NONE

    def close(self) -> None:
        """Nothing to give back."""


def fill(house: House, count: int, *, due: datetime) -> None:
    """Add readers who are in mid-course, the next lesson due at an instant."""
    keys = house.parts.keys
    for start in range(0, count, _CHUNK):
        ids = [new_id() for _ in range(start, min(start + _CHUNK, count))]
        subscribers = [
            {
                "id": ident,
                "address_sealed": keys.seal(f"{ident}@example.org".encode(), "address", ident),
                "address_index": keys.index(f"{ident}@example.org"),
                "created_at": MONDAY,
                "reads_alone": False,
                "bounce_score": 0.0,
            }
            for ident in ids
        ]
        enrollments = [_enrollment(ident, due) for ident in ids]
        with house.parts.db.write() as session:
            session.connection().execute(insert(table(Subscriber)), subscribers)
            session.connection().execute(insert(table(Enrollment)), enrollments)


def _enrollment(subscriber: str, due: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "subscriber_id": subscriber,
        "course": "rebuilding-trust",
        "perspective": "betrayed",
        "language": "en",
        "zone": "Europe/Berlin",
        "offset_minutes": 60,
        "weekday": 0,
        "hour": 9,
        "pace": Pace.WEEKLY,
        "state": EnrollmentState.ACTIVE,
        "due_at": due,
        "wake_at": due,
        "last_lesson": "welcome",
        "last_number": 0,
        "last_accepted_at": MONDAY - timedelta(days=7),
        "created_at": MONDAY,
        "confirmed_at": MONDAY,
        "subject_style": "discreet",
        "behind_link": False,
        "reminders": True,
    }


@contextmanager
def statements(house: House) -> Iterator[list[int]]:
    """Counts the statements that the database is given, without the beginnings and ends of transactions."""
    count = [0]

    def seen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        count[0] += not statement.startswith("BEGIN")

    event.listen(house.parts.db.engine, "before_cursor_execute", seen)
    yield count
    event.remove(house.parts.db.engine, "before_cursor_execute", seen)


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def dispatch(folder: Path, mails: int) -> None:
    """A whole dispatch against the bare wire, on the same mails."""
    sink = Sink()
    with open_house(folder, transport=sink) as house:
        fill(house, mails, due=MONDAY)
        with statements(house) as count:
            whole = timed(house.tick)
        sent = list(sink.mails)
        bare = timed(lambda: [sink.send(mail, now=MONDAY) for mail in sent])
    assert len(sent) == mails, f"{len(sent)} of {mails} mails were sent"
    print(f"  dispatch of {mails:,} mails     {mails / whole:8,.0f} mails/s   bare wire {mails / bare:8,.0f} mails/s")
    print(f"  ratio to the bare wire       {bare / whole:8.2f}")
    print(f"  statements a mail            {count[0] / mails:8.3f}")


def idle(folder: Path, few: int, many: int) -> None:
    """A tick with nothing due, with few readers and with many."""
    medians = []
    for count in (few, many):
        room = folder / str(count)
        room.mkdir()
        with open_house(room, transport=Sink()) as house:
            fill(house, count, due=MONDAY + timedelta(days=3))
            house.tick()
            medians.append(statistics.median(timed(house.tick) for _ in range(50)))
        print(f"  idle tick at {count:>9,} readers  {medians[-1] * 1000:8.2f} ms")
    print(f"  ratio                        {medians[1] / medians[0]:8.2f}")


def slots(times: int) -> None:
    """The pace rule alone."""
    slot = Slot(0, 9, "Europe/Berlin")
    took = timed(lambda: [first_slot(slot, MONDAY + timedelta(hours=n)) for n in range(times)])
    print(f"  first slot                   {took / times * 1e6:8.1f} us")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=3_000)
    parser.add_argument("--many", type=int, default=100_000, help="readers at the far end of the idle tick")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dripcourse-bench-") as name:
        folder = Path(name)
        for room in ("dispatch", "idle"):
            (folder / room).mkdir()
        print("The engine, on SQLite with synchronous=FULL, one process:")
        dispatch(folder / "dispatch", asked.mails)
        idle(folder / "idle", 1_000, asked.many)
        slots(20_000)
        print("Reading mail:")
        reading()
        print("Taking mail in, on SQLite with synchronous=FULL:")
        arriving()
    return 0


if __name__ == "__main__":
    sys.exit(main())
