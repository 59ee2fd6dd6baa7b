"""Kill workers, again and again, while readers go through a course; then look at what reached them."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from tests.faults.site import LESSONS, Site
from tests.faults.truth import Verdict, judge
from tests.faults.workers import Blow, Worker, any_blow

STALLED_SECONDS = 1.0
"""When nothing has moved for so long, a frozen worker holds a lock, and is woken."""
STUCK_ROUNDS = 300


@dataclass
class Score:
    """What has been done so far; kept after every round, so that a run which was interrupted goes on where it was."""

    kills: int = 0
    freezes: int = 0
    rounds: int = 0
    generations: int = 0
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

    def run(self, kills: int) -> Verdict:
        """Go on until there were `kills` kills and every reader has finished; then judge."""
        try:
            calm = 0
            while self._something_to_come(kills):
                struck = self.score.kills < kills
                calm = 0 if struck else calm + 1
                if calm > STUCK_ROUNDS:
                    break  # somebody never gets on: the judge will name them
                self._round(struck=struck)
        finally:
            for worker in self._workers:
                worker.end()
            self._workers.clear()
        readers = {
            f"g{generation}r{number}@example.org"
            for generation in range(self.score.generations)
            for number in range(self._readers)
        }
        return judge(self._site.outbox, readers, LESSONS)

    def _something_to_come(self, kills: int) -> bool:
        """Turn the clock to when something next wants doing, and a little further; False if nothing does and nothing is left."""
        clock, upcoming = self._site.clock, self._site.next_instant()
        if upcoming is None and not any(worker.frozen_until for worker in self._workers):
            if self.score.kills >= kills and self.score.generations:
                return False
            self._site.enroll(self._readers, self.score.generations)
            self.score.generations += 1
            upcoming = clock()
        late = timedelta(seconds=self._chance.choice((1, 61, self._chance.uniform(0, 2 * 3600))))
        clock.set(max(clock(), upcoming or clock()) + late)
        return True

    def _round(self, *, struck: bool) -> None:
        began = monotonic()
        while len(self._workers) < self._processes:
            self._workers.append(Worker.start(self._site))
        self._wake(lambda worker: worker.frozen_until <= self.score.rounds or not struck)
        self._tick_all(struck=struck)
        self.score.rounds += 1
        self.score.seconds += monotonic() - began
        self.score.now = self._site.clock().isoformat()
        self._file.write_text(json.dumps(asdict(self.score)))
        if self.score.rounds % 25 == 0:
            self._say(f"{self.score.kills} kills, {self.score.rounds} rounds, {self.score.now[:16]}")

    def _tick_all(self, *, struck: bool) -> None:
        """Order a tick of every worker at once, with blows, and see each to its answer, its death or its frost."""
        for worker in self._workers:
            if not worker.busy:
                hit = struck and self._chance.random() < 0.75
                worker.order(any_blow(self._chance, self._milliseconds, freeze=self._processes > 1) if hit else Blow())
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


def figures(site: Site, score: Score, verdict: Verdict, **said: object) -> dict[str, object]:
    """Everything worth saying about a run, and whether all promises were kept."""
    standing = site.standing()
    kept = verdict.kept and not score.crashes and not standing["going"] and not standing["open"]
    agree = standing["accepted"] == verdict.mails
    return {
        **said,
        **{key: value for key, value in asdict(score).items() if key != "now"},
        "seconds": round(score.seconds, 1),
        **verdict.figures(),
        "left_unsure": standing["open"],
        "not_completed": standing["going"],
        "database_agrees": agree,
        "kept": kept and agree,
    }


def run(
    folder: Path, site: Site, *, kills: int, processes: int, readers: int, seed: int, say: Callable[[str], None]
) -> dict[str, object]:
    """A whole campaign in a folder, begun or continued."""
    campaign = Campaign(site, processes=processes, readers=readers, seed=seed, say=say)
    verdict = campaign.run(kills)
    kind = "sqlite" if site.settings.sqlite_path else "postgresql"
    return figures(site, campaign.score, verdict, database=kind, processes=processes, seed=seed)
