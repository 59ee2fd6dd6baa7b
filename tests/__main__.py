"""Runs every test on all cores and says how many there were and how long it took; with COVERAGE set also how much of the code they reached.

Measuring that takes as long again as the tests.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    measured = bool(os.environ.get("COVERAGE"))
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    workers = str(max(2, min(8, os.cpu_count() or 2)))
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        workers,
        "--dist",
        "worksteal",
        *(("--cov", "--cov-report=") if measured else ()),
        *sys.argv[1:],
    ]
    ran = subprocess.run(tests, cwd=ROOT, check=False).returncode
    if ran or sys.argv[1:] or not measured:
        return ran  # a part of the tests cannot reach all of the code
    return subprocess.run([sys.executable, "-m", "coverage", "report"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
