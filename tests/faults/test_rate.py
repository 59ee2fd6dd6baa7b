"""RATE_PER_SECOND is a rate of the installation, whoever sends (FAULTS.md S35)."""

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from dripcourse.db import queries
from dripcourse.domain.mail import Outcome, Outgoing
from dripcourse.services.tick import Heart
from tests.support.house import MONDAY, open_house
from tests.support.postman import Postman

RATE, WORKERS, SHARE = 10, 4, 10


@dataclass
class Counting(Postman):
    """Notes when each mail came."""

    at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self.at.append(monotonic())
        return super().send(mail, now=now)


def test_four_workers_together_keep_the_rate_that_one_would(tmp_path: Path, database_url: str) -> None:
    workers, threads = [Counting() for _ in range(WORKERS)], []
    with ExitStack() as stack:
        opened = [
            stack.enter_context(open_house(tmp_path, database_url, transport=worker, RATE_PER_SECOND=str(RATE)))
            for worker in workers
        ]
        for number, (house, worker) in enumerate(zip(opened, workers, strict=True)):
            for reader in range(SHARE):
                house.enroll(f"reader{number}-{reader}@example.org")
            threads.append(threading.Thread(target=house.tick))
            threads[-1].start()
            give_up = monotonic() + 60
            while not worker.at:  # the next one has work only once this one has claimed its own
                assert monotonic() < give_up
                sleep(0.01)
        for thread in threads:
            thread.join(120)
    assert [len(worker.at) for worker in workers] == [SHARE] * WORKERS
    came = sorted(at for worker in workers for at in worker.at)
    assert came[-1] - came[0] >= (len(came) - 1) / RATE * 0.9


def test_a_turn_that_a_wrong_clock_took_holds_nobody_up(tmp_path: Path) -> None:
    counting = Counting()
    with open_house(tmp_path, transport=counting, RATE_PER_SECOND="50") as house:
        house.enroll("early@example.org")
        house.turn(days=4000)
        house.tick()
        house.turn(days=-4000)
        house.enroll("now@example.org")
        house.tick()
    assert len(counting.at) == 2


def test_no_turn_is_taken_for_a_claim_whose_lease_has_run_out(tmp_path: Path) -> None:
    counting, began, rate, mails = Counting(), monotonic(), 5, 60
    with open_house(tmp_path, transport=counting, RATE_PER_SECOND=str(rate), LEASE_SECONDS="10") as house:
        for number in range(mails):
            house.enroll(f"reader{number}@example.org")
        heart = Heart(house.parts, lambda: MONDAY + timedelta(seconds=monotonic() - began))
        while len(counting.at) < mails and monotonic() - began < 120:
            heart.tick(any_hour=True)
        with house.parts.db.read() as session:
            turns = session.scalars(queries.delivery.circuit("rate")).one().probe_at
    assert len(counting.at) == mails
    assert turns is not None
    taken = (turns - MONDAY).total_seconds() - (min(counting.at) - began)
    assert taken <= max(counting.at) - min(counting.at) + 1


def test_a_rate_of_one_in_minutes_sends_one_at_a_time(tmp_path: Path) -> None:
    counting = Counting()
    with open_house(tmp_path, transport=counting, RATE_PER_SECOND="0.01") as house:
        for number in range(3):
            house.enroll(f"reader{number}@example.org")
        house.tick()
        assert len(counting.at) == 1
        house.turn(seconds=50)
        house.tick()
        assert len(counting.at) == 1
        house.turn(seconds=51)
        house.tick()
        assert len(counting.at) == 2
