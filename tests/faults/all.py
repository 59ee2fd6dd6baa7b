"""`python -m tests.faults.all`: ten thousand kills, over every number of workers, database and transport. Exit 1 if a promise broke.

Some cells at once, each with its own folder and seed; each that is done is a line of JSON in `results.jsonl` of the folder.
Started again with the same folder, it goes on with what is missing. At the end it prints a table of all.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import product
from pathlib import Path

from tests.faults.receivers import KINDS

PROCESSES = (8, 4, 2, 1)
DATABASES = ("sqlite", "postgresql")
KILLS = 420

COLUMNS = {
    "Mail by": "transport",
    "Database": "database",
    "Workers": "processes",
    "Kills": "kills",
    "Frozen and woken": "freezes",
    "Mails": "mails",
    "Repeated": "repeated",
    "Lost": "lost",
    "Early": "early",
    "Out of order": "out_of_order",
    "Left unsure": "left_unsure",
    "Assumed and listed": "assumed",
    "of these not come": "listed_and_missing",
}

Cell = tuple[int, str, str]


def cells(databases: Sequence[str] = DATABASES) -> Iterator[tuple[Cell, int]]:
    """Every cell, (processes, database, transport), with its seed."""
    for seed, cell in enumerate(product(PROCESSES, DATABASES, KINDS), start=1):
        if cell[1] in databases:
            yield cell, seed


def cell_of(found: Mapping[str, object]) -> Cell:
    return int(str(found["processes"])), str(found["database"]), str(found["transport"])


def read_results(file: Path) -> list[dict[str, object]]:
    """The cells that are done."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def run_cell(folder: Path, cell: Cell, seed: int, kills: int) -> dict[str, object]:
    """One cell, in a Python of its own; one over SendGrid that was interrupted is begun anew, for what the stand-in knew has gone."""
    processes, database, transport = cell
    mine = folder / f"{transport}-{database}-{processes}"
    if transport == "sendgrid":
        shutil.rmtree(mine, ignore_errors=True)
    words = {"kills": kills, "database": database, "transport": transport, "processes": processes, "seed": seed}
    said = [word for name, value in {**words, "folder": mine}.items() for word in (f"--{name}", str(value))]
    done = subprocess.run([sys.executable, "-m", "tests.faults", *said], stdout=subprocess.PIPE, text=True, check=False)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    if found["kept"]:
        shutil.rmtree(mine)
    return found


def as_table(results: Sequence[Mapping[str, object]]) -> str:
    """The cells that are done, for people to read, and their sums."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    for found in sorted(results, key=lambda found: (KINDS.index(str(found["transport"])), *cell_of(found)[1::-1])):
        lines.append(f"| {' | '.join(str(found[name]) for name in COLUMNS.values())} |")
    sums = [str(sum(int(str(found[name])) for found in results)) for name in list(COLUMNS.values())[3:]]
    return "\n".join([*lines, f"| **all** | | | {' | '.join(sums)} |", ""])


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults.all", description=__doc__)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "campaign")
    asked.add_argument("--kills", type=int, default=KILLS, help="in each of the 24 cells")
    asked.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    asked.add_argument("--at-once", type=int, default=1, help="cells at a time; one leaves a second core idle")
    said = asked.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    results = said.folder / "results.jsonl"
    done = {cell_of(found) for found in read_results(results)}
    missing = [(cell, seed) for cell, seed in cells(said.database or DATABASES) if cell not in done]
    with ThreadPoolExecutor(said.at_once) as pool:
        begun = [pool.submit(run_cell, said.folder, cell, seed, said.kills) for cell, seed in missing]
        for each in as_completed(begun):
            with results.open("a") as file:
                file.write(json.dumps(each.result()) + "\n")
    print(as_table(read_results(results)), end="")
    return 0 if all(found["kept"] for found in read_results(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
