"""Workers killed with -9 at random, and at every point that matters: nothing is lost, nothing repeated, nothing left unsure."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults import all as campaigns
from tests.faults import schedulers
from tests.faults.campaign import run
from tests.faults.site import make_site
from tests.faults.truth import judge, seen
from tests.faults.workers import Blow, Worker


def test_twenty_five_kills_lose_and_repeat_nothing(tmp_path: Path, database_url: str) -> None:
    """A small part of `python -m tests.faults`, which does five hundred."""
    found = run(tmp_path, database_url=database_url, kills=25, processes=2, readers=10, seed=2026)
    assert found["kept"], found


@pytest.mark.parametrize(("transport", "readers"), [("smtp", 8), ("sendgrid", 1)])
def test_over_a_real_wire_too(tmp_path: Path, transport: str, readers: int) -> None:
    """With a receiver that has bad days of its own: it hangs up, says "later", tells late, twice and in any order."""
    found = run(tmp_path, transport=transport, kills=8, processes=2, readers=readers, seed=2026)
    assert found["kept"], found


def test_sixteen_schedulers_started_by_mistake_repeat_and_lose_nothing(tmp_path: Path) -> None:
    """A small part of `python -m tests.faults.schedulers`, which leads to a hundred thousand lessons."""
    site = make_site(tmp_path)
    found = schedulers.run(site, readers=21, beat_seconds=0.3)
    site.close()
    assert found["kept"], found
    assert found["mails"] == 84


def test_every_cell_of_the_campaign_is_run_once_and_an_interrupted_one_goes_on(tmp_path: Path) -> None:
    every = [cell for cell, _ in campaigns.cells()]
    assert len(set(every)) == len(every) == 24
    assert campaigns.KILLS * len(every) >= 10_000
    assert campaigns.read_results(tmp_path / "results.jsonl") == []


POINTS = [
    *(Blow(where, count) for count in range(1, 10) for where in ("before-commit", "after-commit")),
    Blow("before-send", 1),
    Blow("after-send", 1),
]
"""A first tick commits eight or nine times: being alive, tidying up, claim, mark, record."""


def test_killed_before_or_after_any_commit_or_sending_the_next_tick_puts_it_right(
    tmp_path: Path, database_url: str
) -> None:
    site = make_site(tmp_path, database_url)
    killed = set()
    for number, blow in enumerate(POINTS):
        site.enroll(1, number)
        worker = Worker.start(site)
        worker.order(blow)
        if worker.news(20) == "killed":
            killed.add(blow)
        else:
            worker.end()
        site.clock.set(site.clock() + timedelta(minutes=2))  # the lease is over
    calm = Worker.start(site)
    calm.order(Blow())
    assert calm.news(20) == "done"
    calm.end()
    assert {Blow("before-send", 1), Blow("after-send", 1), Blow("before-commit", 8)} <= killed
    readers = {f"g{number}r0@example.org" for number in range(len(POINTS))}
    assert judge(map(seen, site.receiver.mails()), readers, lessons=1).kept
    assert site.standing()["open"] == 0


def test_four_workers_at_once_send_nothing_twice(tmp_path: Path, database_url: str) -> None:
    site = make_site(tmp_path, database_url)
    site.enroll(100, 0)
    workers = [Worker.start(site) for _ in range(4)]
    for _ in range(2):
        for worker in workers:
            worker.order(Blow())
        assert [worker.news(60) for worker in workers] == ["done"] * 4
    assert [worker.trouble for worker in workers] == [[]] * 4
    for worker in workers:
        worker.end()
    assert sorted(str(mail["To"]) for mail in site.receiver.mails()) == sorted(
        f"g0r{number}@example.org" for number in range(100)
    )


@pytest.mark.parametrize("line", [5, 15, 25])
def test_a_worker_that_sleeps_through_its_lease_in_mid_sending_harms_nobody(tmp_path: Path, line: int) -> None:
    site = make_site(tmp_path)
    site.enroll(3, 0)
    asleep, awake = Worker.start(site), Worker.start(site)
    asleep.order(Blow("in-send", 2, line, freeze=True))
    assert asleep.news(20) == "frozen"
    for days in (0, 3):  # the other goes on with the course while the first one sleeps
        site.clock.set(site.clock() + timedelta(days=days, minutes=2))
        awake.order(Blow())
        assert awake.news(20) == "done"
    asleep.wake()
    assert asleep.news(20) == "done"
    for _ in range(60):  # at another hour each time: a late lesson waits for its reader's day
        site.clock.set(site.clock() + timedelta(hours=13))
        for worker in (asleep, awake):
            worker.order(Blow())
            assert worker.news(20) == "done"
    asleep.end()
    awake.end()
    verdict = judge(map(seen, site.receiver.mails()), {f"g0r{number}@example.org" for number in range(3)}, lessons=4)
    assert verdict.kept, verdict
