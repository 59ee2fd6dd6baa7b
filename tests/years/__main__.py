"""`python -m tests.years`: years of readers' lives under faults, on real tables or by the rules alone. Exit 1 if a promise broke."""

import argparse
import json
import logging
import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from time import process_time

from tests.faults.servers import Server, server
from tests.years import pure
from tests.years.life import Life
from tests.years.verdict import Verdict

CHUNK = {"tables": 1_000, "pure": 5_000}
"""Subscriber-years in one life, or in one chunk of readers: what an interruption can cost."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.years", description=__doc__)
    asked.add_argument("--part", choices=("tables", "pure"), default="tables")
    asked.add_argument("--years", type=float, default=1_000, help="subscriber-years in all")
    asked.add_argument("--chunk", type=float, help="subscriber-years of one seed")
    asked.add_argument("--readers", type=int, default=150, help="at once, on real tables")
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--seed", type=int, default=1, help="of the first life; the next has the next")
    asked.add_argument(
        "--folder", type=Path, help="where to keep the score; a run that was interrupted there is continued"
    )
    said = asked.parse_args()
    logging.disable(logging.CRITICAL)  # what the engine says of the faults would be thousands of lines
    with ExitStack() as stack:
        folder = said.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dripcourse-years-")))
        folder.mkdir(parents=True, exist_ok=True)
        running = stack.enter_context(server()) if said.part == "tables" and said.database == "postgresql" else None
        score = _run(folder, said, running)
    print(json.dumps(score))
    return 0 if score["kept"] else 1


def _run(folder: Path, said: argparse.Namespace, running: Server | None) -> dict[str, object]:
    file = folder / f"years-{said.part}-{said.database}.json"
    kept = json.loads(file.read_text()) if file.exists() else {"seed": said.seed, "seconds": 0.0, "verdict": {}}
    verdict, seed = Verdict(**kept["verdict"]), kept["seed"]
    while verdict.years < said.years:
        began = process_time()
        years = min(said.chunk or CHUNK[said.part], said.years - verdict.years)
        verdict.add(pure.live(seed, years) if said.part == "pure" else _life(folder, said, running, seed, years))
        kept["seconds"] += process_time() - began
        seed += 1
        file.write_text(json.dumps(kept | {"seed": seed, "verdict": asdict(verdict)}))
        print(
            f"{verdict.years:,.0f} years, {verdict.lessons:,} lessons, {kept['seconds']:.0f} s of one core, wrong: {verdict.wrong}",
            file=sys.stderr,
            flush=True,
        )
    said_of_it = {
        "part": said.part,
        "database": said.database,
        "seeds": [said.seed, seed - 1],
        "cpu_seconds": round(kept["seconds"], 1),
    }
    return said_of_it | asdict(replace(verdict, years=round(verdict.years, 1))) | {"kept": not verdict.wrong}


def _life(folder: Path, said: argparse.Namespace, running: Server | None, seed: int, years: float) -> Verdict:
    room = folder / f"life-{seed}"
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    life = Life(room, seed, readers=said.readers, url=running.database(f"life{seed}") if running else None)
    try:
        return life.run(years)
    finally:
        life.world.close()
        shutil.rmtree(room)


if __name__ == "__main__":
    sys.exit(main())
