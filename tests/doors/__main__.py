"""`python -m tests.doors`: kill -9 while 1,000 messages come in by SMTP and by posts. Exit 1 if one is lost, or there twice."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.doors.kills import figures, run


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.doors", description=__doc__)
    asked.add_argument("--messages", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    said = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="dripcourse-doors-") as folder:
        found = run(Path(folder), messages=said.messages, seed=said.seed)
    print(figures(found, said.seed))
    return 0 if found.kept else 1


if __name__ == "__main__":
    sys.exit(main())
