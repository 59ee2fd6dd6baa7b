"""`python -m tests.faults`: kill workers at random, on either database and over each transport, and say what reached the readers. Exit 1 if a promise broke."""

import argparse
import json
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.faults.campaign import readers_for, run
from tests.faults.receivers import KINDS
from tests.faults.servers import server


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--transport", choices=KINDS, default="outbox")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--readers", type=int, help="in each generation; a new one follows until the kills are done")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--folder", type=Path, help="where to work; a run that was interrupted there is continued")
    said = asked.parse_args()
    folder = said.folder or Path(tempfile.mkdtemp(prefix="dripcourse-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    with ExitStack() as stack:
        url = (
            stack.enter_context(server(folder / "server")).database("truth") if said.database == "postgresql" else None
        )
        found = run(
            folder,
            database_url=url,
            transport=said.transport,
            kills=said.kills,
            processes=said.processes,
            readers=said.readers or readers_for(said.transport, said.processes),
            seed=said.seed,
            say=lambda words: print(words, file=sys.stderr, flush=True),
        )
    print(json.dumps(found))
    if said.folder is None and found["kept"]:
        shutil.rmtree(folder)
    elif not found["kept"]:
        print(f"what is left to look at is in {folder}", file=sys.stderr)
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
