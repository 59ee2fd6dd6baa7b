"""`python -m tests.faults.schedulers`: sixteen schedulers started by mistake, over one database. Exit 1 if a promise broke.

Each is what `dripcourse worker` is: a heart and its heartbeat, in a process of its own; only their clock is driven. Interrupted, it
goes on where it was with the same folder.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from signal import SIG_BLOCK, SIGTERM, pthread_sigmask, sigwait
from time import monotonic, sleep

from dripcourse.scheduler import Heartbeat
from dripcourse.services.tick import Heart
from tests.faults.servers import server
from tests.faults.site import LESSONS, Site, make_site
from tests.faults.truth import Seen, Verdict, glimpsed, judge
from tests.support.children import ended, fork

SCHEDULERS = 16
BEAT_SECONDS = 1.0
RUSH_HOUR = ("Europe/Berlin", 9)
"""Everybody's lessons come at the same hour of a day, so that all schedulers want them at once."""
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 60.0


def run(
    site: Site,
    *,
    readers: int,
    schedulers: int = SCHEDULERS,
    beat_seconds: float = BEAT_SECONDS,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """Lead so many readers through the whole course, and judge what they got."""
    began = turned = monotonic()
    clock = site.folder / "clock"
    if clock.exists():
        site.clock.set(datetime.fromisoformat(clock.read_text()))
    else:
        site.enroll(readers, 0, [RUSH_HOUR])
    pids = [fork(lambda: _schedule(site, beat_seconds)) for _ in range(schedulers)]
    try:
        while (upcoming := site.next_instant()) is not None:
            # what is in somebody's hands shows as a lease that ends: time stands still until it is done
            if upcoming > site.clock() and (not site.in_hand() or monotonic() - turned > PATIENCE_SECONDS):
                turned = monotonic()
                site.clock.set(upcoming)
                clock.write_text(upcoming.isoformat())
                say(f"{upcoming:%Y-%m-%d %H:%M}, {monotonic() - began:.0f} s")
            sleep(LOOK_SECONDS)
    finally:
        for pid in pids:
            os.kill(pid, SIGTERM)
        codes = [ended(pid) for pid in pids]
    verdict = judge(_mails(site), {f"g0r{number}@example.org" for number in range(readers)}, LESSONS)
    return _figures(site, verdict, schedulers, codes, monotonic() - began)


def _schedule(site: Site, beat_seconds: float) -> None:
    """One scheduler, until it is told to end."""
    pthread_sigmask(SIG_BLOCK, {SIGTERM})
    with site.opened() as parts:
        heartbeat = Heartbeat(Heart(parts, site.clock), beat_seconds)
        heartbeat.start()
        sigwait({SIGTERM})
        heartbeat.stop()


def _mails(site: Site) -> Iterator[Seen]:
    for file in (site.folder / "outbox" / "new").iterdir():
        yield glimpsed(file.read_bytes())


def _figures(site: Site, verdict: Verdict, schedulers: int, codes: list[int], seconds: float) -> dict[str, object]:
    standing = site.standing()
    kind = "sqlite" if site.settings.sqlite_path else "postgresql"
    agree = standing["accepted"] == verdict.mails
    kept = verdict.kept and agree and not standing["going"] and not standing["open"] and not any(codes)
    return {
        "database": kind,
        "schedulers": schedulers,
        "seconds": round(seconds, 1),
        **verdict.figures(),
        "left_unsure": standing["open"],
        "not_completed": standing["going"],
        "database_agrees": agree,
        "kept": kept,
    }


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults.schedulers", description=__doc__)
    asked.add_argument("--lessons", type=int, default=100_000)
    asked.add_argument("--schedulers", type=int, default=SCHEDULERS)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--folder", type=Path, help="where to work; a run that was interrupted there is continued")
    said = asked.parse_args()
    folder = said.folder or Path(tempfile.mkdtemp(prefix="dripcourse-schedulers-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    with ExitStack() as stack:
        url = (
            stack.enter_context(server(folder / "server")).database("truth") if said.database == "postgresql" else None
        )
        site = make_site(folder, url)
        found = run(
            site,
            readers=said.lessons // LESSONS,
            schedulers=said.schedulers,
            say=lambda words: print(words, file=sys.stderr, flush=True),
        )
    print(json.dumps(found))
    return 0 if found["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
