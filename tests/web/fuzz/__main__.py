"""`python -m tests.web.fuzz --requests 1000000 --seed 1 --folder F`: asked in-process, on a real database; interrupted, it goes on.

A house lasts for some thousands of requests, and is ticked meanwhile, so that whatever came in is handled too. Prints one line of
JSON; what was found stands in `findings.jsonl` in the folder, with the request, so that it can become a test.
"""

import argparse
import gc
import json
import logging
import shutil
import sys
from base64 import b64encode
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

from werkzeug.exceptions import HTTPException

from tests.faults.servers import Server, server
from tests.web.fuzz.ground import Ground, ground
from tests.web.fuzz.judging import MAY_BE_AWAY, Ears, ask, wrong_with
from tests.web.fuzz.making import Asked, make

A_HOUSE = 10_000
"""Requests to a house before it is torn down and built anew."""
A_TICK = 1_000
A_SAMPLE = 20
"""The rule that was met is counted for one request of so many."""


@dataclass
class Run:
    """How far a run is, and what it saw."""

    seed: int
    database: str
    requests: int = 0
    seconds: float = 0.0
    found: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    commits: dict[str, int] = field(default_factory=dict)
    """How many of the requests each commit was asked."""


@dataclass
class Findings:
    """Each kind of fault once, with the request that showed it."""

    file: Path | None = None
    kinds: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, what: str, rule: str, asked: Asked | None, raised: str = "") -> None:
        key = (what + raised.splitlines()[-1] if raised else what, rule)
        if key in self.kinds:
            return
        said = {
            "what": what,
            "rule": rule,
            "raised": raised,
            "asked": asked
            and {
                **asdict(asked),
                "path": repr(asked.path),
                "query": repr(asked.query),
                "body": b64encode(asked.body).decode(),
            },
        }
        self.kinds[key] = json.dumps(said)
        if self.file:
            with self.file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(said) + "\n")


def try_out(at: Ground, chance: Random, count: int, run: Run, found: Findings) -> None:
    """So many requests to one house, with a tick now and then."""
    ears = Ears()
    root = logging.getLogger()
    before = root.level
    root.addHandler(ears)
    root.setLevel(logging.DEBUG)
    statuses, rules = Counter(run.statuses), Counter(run.rules)
    try:
        for number in range(count):
            asked = make(chance, at)
            client = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
            environ = asked.environ(client)
            try:
                answer = ask(at.app, environ)
            except Exception as error:  # noqa: BLE001 - whatever a server would have met
                found.note(f"raised {type(error).__name__}", _rule(at, asked), asked, repr(error))
                continue
            for what in wrong_with(answer, ears.heard):
                rule = _rule(at, asked)
                if not (what == "status 503" and rule.partition(" ")[2].startswith(MAY_BE_AWAY)):
                    found.note(what, rule, asked, ears.raised[-1] if ears.raised else "")
            ears.heard.clear()
            ears.raised.clear()
            statuses[str(answer.status)] += 1
            if number % A_SAMPLE == 0:
                rules[_rule(at, asked)] += A_SAMPLE
            if answer.status < 300 and chance.random() < 0.01:
                at.notice(answer.body.decode("utf-8", "replace"), asked.path.decode("utf-8", "replace"))
            if number % A_TICK == A_TICK - 1:
                _tick(at, chance, found)
    finally:
        root.removeHandler(ears)
        root.setLevel(before)
        run.statuses, run.rules = dict(statuses), dict(rules)
        run.requests += count


def _tick(at: Ground, chance: Random, found: Findings) -> None:
    at.house.turn(hours=chance.choice((1, 1, 30)))
    try:
        at.house.tick()
    except Exception as error:  # noqa: BLE001 - what came in must not stop a tick
        found.note(f"a tick raised {type(error).__name__}", "tick", None, repr(error))


def _rule(at: Ground, asked: Asked) -> str:
    """The rule that a request meets, as the app sees it."""
    try:
        urls = at.app.url_map.bind("localhost")
        rule, _ = urls.match(asked.path.decode("utf-8", "replace"), asked.method.upper(), return_rule=True)
    except HTTPException as error:
        return f"({type(error).__name__})"
    return f"{asked.method} {rule.rule}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.web.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    said = parser.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    state = said.folder / "run.json"
    run = Run(**json.loads(state.read_text())) if state.exists() else Run(said.seed, said.database)
    found = Findings(said.folder / "findings.jsonl")
    commit = _commit()
    gc.freeze()
    gc.set_threshold(
        50_000, 20, 20
    )  # what a request leaves behind is little; looking for it so often is a tenth of the time
    with ExitStack() as stack:
        postgres = stack.enter_context(server()) if run.database == "postgresql" else None
        while run.requests < said.requests:
            count = min(A_HOUSE, said.requests - run.requests)
            _one_house(run, found, said.folder, count, postgres)
            run.commits[commit] = run.commits.get(commit, 0) + count
            run.found = len((said.folder / "findings.jsonl").read_text().splitlines()) if found.file.exists() else 0  # type: ignore[union-attr]
            state.write_text(json.dumps(asdict(run)))
            print(
                f"{run.requests} of {said.requests}, {run.found} found, {run.requests / run.seconds:.0f}/s",
                file=sys.stderr,
                flush=True,
            )
    print(json.dumps(asdict(run) | {"kept": run.found == 0}))
    return 0 if run.found == 0 else 1


def _one_house(run: Run, found: Findings, folder: Path, count: int, postgres: Server | None) -> None:
    number = run.requests // A_HOUSE
    chance = Random(f"{run.seed} {number}")
    begun = monotonic()
    home = folder / f"house-{number}"
    shutil.rmtree(home, ignore_errors=True)
    url = postgres.database(f"house_{number}") if postgres else None
    with ground(home, url, proxies=number % 2) as at:
        try_out(at, chance, count, run, found)
    shutil.rmtree(home)
    run.seconds += monotonic() - begun


def _commit() -> str:
    from subprocess import run as call

    return call(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
