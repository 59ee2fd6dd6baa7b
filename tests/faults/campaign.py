"""Kill workers, again and again, while readers go through a course; then look at what reached them."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from tests.faults.site import LESSONS, PEAK, Site, make_site
from tests.faults.truth import Verdict, judge, seen
from tests.faults.workers import Blow, Worker, any_blow

STALLED_SECONDS = 1.0
"""When nothing has moved for so long, a frozen worker holds a lock, and is woken."""
STUCK_ROUNDS = 1000
CALM_WORKERS = 2
GENERATION_EVERY = timedelta(days=7)
TOLD_EVERY = timedelta(hours=12)
"""What is told by others comes at its own time, but within this: longer ago than a provider would still be trying, it has come."""


@dataclass
class Score:
    """What has been done so far; kept after every round, so that a run which was interrupted goes on where it was."""

    kills: int = 0
    freezes: int = 0
    stalls: int = 0
    rounds: int = 0
    generations: int = 0
    calm_generations: int = 0
    enrolled_at: str = ""
    crashes: int = 0
    seconds: float = 0.0
    now: str = ""
    blows: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)


class Campaign:
    """One run: `processes` workers, `readers` in each generation, all chance from `seed`."""

    def __init__(self, site: Site, *, processes: int, readers: int, seed: int, say: Callable[[str], None]) -> None:
        self._site, self._processes, self._readers, self._say = site, processes, readers, say
        self._file = site.folder / "score.json"
        self.score = Score(**json.loads(self._file.read_text())) if self._file.exists() else Score()
        self._chance = random.Random(f"{seed}:{self.score.rounds}")
        if self.score.now:
            site.clock.set(datetime.fromisoformat(self.score.now))
        self._workers: list[Worker] = []
        self._milliseconds = 60.0
        self._told_at = site.clock()

    @property
    def readers(self) -> set[str]:
        """Everybody who was enrolled."""
        return {
            f"g{generation}r{number}@example.org"
            for generation in range(self.score.generations)
            for number in range(self._readers)
        }

    def run(self, kills: int) -> Verdict:
        """Go on until there were `kills` kills and every reader has finished; then judge."""
        try:
            calm = 0
            while self._something_to_come(kills):
                calm = 0 if self.score.kills < kills else calm + 1
                if calm > STUCK_ROUNDS:
                    break  # somebody never gets on: the judge will name them
                self._round()
        finally:
            for worker in self._workers:
                worker.end()
            self._workers.clear()
        return judge(map(seen, self._site.receiver.mails()), self.readers, LESSONS, self._site.listed(self.readers))

    def _something_to_come(self, kills: int) -> bool:
        """Turn the clock to when something next wants doing, and a little further; False if nothing does and nothing is left."""
        clock, peaks, more = self._site.clock, self._site.receiver.wants_peaks, self.score.kills < kills
        upcoming = self._site.next_instant()
        if self._wants_readers(upcoming, more=more):
            self._let_all_finish()
            self._site.enroll(self._readers, self.score.generations)
            self.score.generations += 1
            self.score.calm_generations += not more
            self.score.enrolled_at = clock().isoformat()
            upcoming = clock()
        if upcoming is None and not any(worker.frozen_until for worker in self._workers):
            return False
        if peaks and more:
            upcoming = min(upcoming or clock(), PEAK.next_opening(clock()))
        self._turn(max(clock(), upcoming or clock()) + timedelta(seconds=self._lateness(more=more)))
        self._struck = more and (not peaks or PEAK.in_midst(clock()))
        self._site.receiver.trouble.turn(on=self._struck)
        return True

    def _lateness(self, *, more: bool) -> float:
        """How many seconds after its time a beat comes: a moment, a minute, or any time; at a peak, before it is over.

        The peak of the last blow lasts until somebody was written to after it: seed 12 once left two sendings without company.
        """
        hours = 2 if more else 12
        at_peak = self._site.receiver.wants_peaks and (more or self.score.enrolled_at == self._site.clock().isoformat())
        return self._chance.choice((1, 61, self._chance.uniform(0, 180 if at_peak else hours * 3600)))

    def _wants_readers(self, upcoming: datetime | None, *, more: bool) -> bool:
        """A new generation begins every week, and when everybody has finished; at a peak there is always somebody new.

        After a peak's last blow there comes one more, so that no mail of that peak was the last for long.
        """
        if not self.score.generations:
            return True
        if self._site.receiver.wants_peaks:
            return PEAK.is_on(self._site.clock()) if more else not self.score.calm_generations
        since = self._site.clock() - datetime.fromisoformat(self.score.enrolled_at)
        return more and (upcoming is None or since >= GENERATION_EVERY)

    def _turn(self, now: datetime) -> None:
        """Turn the clock; whoever has slept for too long is woken before, and what is known elsewhere is told before long."""
        most = self._site.receiver.longest_sleep
        if most and any(worker.frozen_at and now - worker.frozen_at > most for worker in self._workers):
            self._let_all_finish()
        self._site.clock.set(now)
        if now - self._told_at > TOLD_EVERY:
            while not self._site.receiver.told(STALLED_SECONDS):
                self._wake(lambda _: True)  # a frozen worker holds a lock
            self._told_at = now

    def _round(self) -> None:
        began = monotonic()
        while len(self._workers) < self._processes:
            self._workers.append(Worker.start(self._site))
        self._wake(lambda worker: worker.frozen_until <= self.score.rounds or not self._struck)
        self._tick_all()
        self.score.rounds += 1
        self.score.seconds += monotonic() - began
        self.score.now = self._site.clock().isoformat()
        self._file.write_text(json.dumps(asdict(self.score)))
        if self.score.rounds % 100 == 0:
            self._say(f"{self.score.kills} kills, {self.score.rounds} rounds, {self.score.now[:16]}")

    def _tick_all(self) -> None:
        """Order a tick of every worker at once, with blows, and see each to its answer, its death or its frost."""
        lines, freeze = self._site.receiver.lines, self._processes > 1
        for worker in self._workers[: None if self._struck else CALM_WORKERS]:
            if not worker.busy:
                hit = self._struck and self._chance.random() < 0.75
                worker.order(any_blow(self._chance, self._milliseconds, lines, freeze=freeze) if hit else Blow())
        self._collect()

    def _let_all_finish(self) -> None:
        self._wake(lambda _: True)
        self._collect()

    def _collect(self) -> None:
        moved = monotonic()
        while waiting := [worker for worker in self._workers if worker.busy and not worker.frozen_until]:
            for worker in waiting:
                worker.strike_in_time()
                if news := worker.news(0):
                    moved = monotonic()
                    self._take(worker, news)
            sleep(0.001)
            if monotonic() - moved > STALLED_SECONDS:
                self._wake(lambda _: True)
                moved = monotonic()
                self.score.stalls += 1

    def _take(self, worker: Worker, news: str) -> None:
        match news:
            case "killed" | "ended":
                self._workers.remove(worker)
                self.score.kills += news == "killed"
                self.score.crashes += news == "ended"
                self._count(self.score.blows, worker.blow.where)
            case "frozen":
                self.score.freezes += 1
                worker.frozen_until = self.score.rounds + self._chance.randint(1, 4)
                worker.frozen_at = self._site.clock()
            case "done":
                self._milliseconds = 0.9 * self._milliseconds + 100 * (monotonic() - worker.ordered_at)
        for line in worker.trouble:
            self._count(self.score.troubles, line)
        worker.trouble.clear()

    def _wake(self, whom: Callable[[Worker], bool]) -> None:
        for worker in self._workers:
            if worker.frozen_until and whom(worker):
                worker.wake()

    @staticmethod
    def _count(what: dict[str, int], name: str) -> None:
        what[name] = Counter(what)[name] + 1


_INNER = ("now", "enrolled_at", "calm_generations")


def figures(site: Site, score: Score, verdict: Verdict, **said: object) -> dict[str, object]:
    """Everything worth saying about a run, and whether all promises were kept."""
    standing = site.standing()
    settled = site.receiver.forgets or not standing["assumed"]
    agree = standing["accepted"] == verdict.mails + verdict.listed_and_missing
    kept = verdict.kept and not score.crashes and not standing["going"] and not standing["open"] and settled and agree
    return {
        **said,
        **{key: value for key, value in asdict(score).items() if key not in _INNER},
        "seconds": round(score.seconds, 1),
        **verdict.figures(),
        "left_unsure": standing["open"],
        "assumed": standing["assumed"],
        "not_completed": standing["going"],
        "database_agrees": agree,
        "kept": kept,
    }


def readers_for(transport: str, processes: int) -> int:
    """How many readers a generation wants to keep so many workers busy; at peaks one follows another within minutes."""
    return max(1, processes // 2) if transport == "sendgrid" else 56


def run(
    folder: Path,
    *,
    database_url: str | None = None,
    transport: str = "outbox",
    kills: int,
    processes: int,
    readers: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """A whole campaign in a folder, begun or continued."""
    site = make_site(folder, database_url, transport=transport, seed=seed)
    try:
        campaign = Campaign(site, processes=processes, readers=readers, seed=seed, say=say)
        verdict = campaign.run(kills)
        kind = "sqlite" if site.settings.sqlite_path else "postgresql"
        said = {"database": kind, "transport": transport, "processes": processes, "seed": seed}
        return figures(site, campaign.score, verdict, **said)
    finally:
        site.close()
