"""What lives came to, in figures."""

from collections import Counter
from dataclasses import asdict, dataclass, field

from tests.years.judges import Wrong


@dataclass
class Verdict:
    """What one or many lives came to; whatever is `wrong` is a promise broken, apart from `by_a_clock`."""

    lives: int = 0
    enrollments: int = 0
    years: float = 0.0
    lessons: int = 0
    ticks: int = 0
    kills: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    by_a_clock: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def against(self, wrong: Wrong, seed: object) -> None:
        if wrong.what == "by a clock":
            self.by_a_clock += 1
            return
        self.wrong[wrong.what] = self.wrong.get(wrong.what, 0) + 1
        if len(self.examples) < 12:
            self.examples.append(f"{seed}: {wrong.what}: {wrong.reader} at {wrong.when}: {wrong.words}")

    def add(self, other: "Verdict") -> None:
        for name, value in asdict(other).items():
            mine = getattr(self, name)
            if isinstance(mine, dict):
                setattr(self, name, dict(Counter(mine) + Counter(value)))
            elif isinstance(mine, list):
                setattr(self, name, (mine + value)[:12])
            else:
                setattr(self, name, mine + value)
