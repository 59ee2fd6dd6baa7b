"""`python -m tests.web.following --times 10`: whatever opens every link of every mail changes nothing, even if it runs scripts.

Readers live through a whole course. Then a real Chromium opens every link that any of their mails holds, in its text, its HTML and
its headers, and every page that those pages lead to, scripts running, and scrolls to the end; and a plain client asks for each
by GET, HEAD and OPTIONS and as a browser does that fetches ahead. All of it so many times. Before and after, every row of
the database and every byte of the outbox and the journal must be the same. Prints one line of JSON.
"""

import argparse
import json
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import waitress
from playwright.sync_api import Browser, Route, sync_playwright

from dripcourse.web.app import create_app
from tests.conftest import CHROMIUM
from tests.support.house import open_house
from tests.support.pages import links_of, read_page
from tests.support.post import Reader
from tests.web.conftest import COVER, Site
from tests.web.fuzz.ground import BASE, live

AHEAD = ({}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"})
PUBLIC = ("/", f"/c/{COVER}", "/support", "/privacy", "/healthz", "/readyz", "/metrics", "/desk")


@dataclass
class Followed:
    """What was opened, and whether anything was different afterwards."""

    times: int
    mails: int = 0
    paths: set[str] = field(default_factory=set)
    opened: int = 0
    asked: int = 0
    elsewhere: set[str] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)


def whole_course(site: Site) -> None:
    """Readers in every state, one of whom had every lesson, wrote, and looks back."""
    live(site)
    site.reading("whole@example.org", perspective="betrayed", zone="Europe/Berlin")
    for _ in range(14):
        site.house.turn(days=7)
        site.house.tick()
        Reader(site.house, "whole@example.org").reply("A few words.")
    site.post(site.link("me", "whole@example.org"), do="again")
    site.house.tick()
    site.asked("late@example.org")


def state_of(site: Site) -> dict[str, str]:
    """Every table, and every file but the database's own."""
    rows = site.dump()
    state = {f"row {number}": row for number, row in enumerate(rows.splitlines())}
    for file in sorted(site.house.folder.rglob("*")):
        if file.is_file() and not file.name.startswith("truth.db"):
            state[str(file.relative_to(site.house.folder))] = sha256(file.read_bytes()).hexdigest()
    return state


def follow(site: Site, browser: Browser, base: str, times: int, *, of_a_kind: int = sys.maxsize) -> Followed:
    """Open everything, so many times, and say what is different. The browser opens at most so many `of_a_kind`; the client, all."""
    mails = site.house.mails()
    found = Followed(times, mails=len(mails))
    before = state_of(site)
    first = [url.removeprefix(BASE) for mail in mails for url in links_of(mail) if url.startswith(BASE)]
    with visitor(browser, base, found) as page:
        for _ in range(times):
            waiting, seen = [*first, *PUBLIC], set()
            kinds: Counter[tuple[str, ...]] = Counter()
            while waiting:
                path = waiting.pop(0).partition("#")[0]
                if not path.startswith("/") or path.startswith("//") or path in seen:
                    continue
                seen.add(path)
                _ask(site, path, found)
                kinds[kind_of(path)] += 1
                if kinds[kind_of(path)] <= of_a_kind:
                    waiting += _open(page, path, found)
            found.paths |= seen
    after = state_of(site)
    found.changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return found


def kind_of(path: str) -> tuple[str, ...]:
    """A path without what is its own in it: its token, or its number."""
    _, room, *more = path.partition("?")[0].split("/")
    return (room, *more[1:2])


@contextmanager
def visitor(browser: Browser, base: str, found: Followed) -> Iterator[object]:
    """A page of a browser that reaches nothing but the site."""

    def gate(route: Route) -> None:
        if route.request.url.startswith(base + "/"):
            route.continue_()
        else:
            found.elsewhere.add(route.request.url)
            route.abort()

    context = browser.new_context(base_url=base)
    context.route("**/*", gate)
    yield context.new_page()
    assert not context.cookies()
    context.close()


def _open(page: object, path: str, found: Followed) -> list[str]:
    """As a scanner does: open it, let its scripts run, fold out everything, scroll to the end. Returns where it leads."""
    answer = page.goto(path)  # type: ignore[attr-defined]
    found.opened += 1
    if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    page.evaluate(  # type: ignore[attr-defined]
        "document.querySelectorAll('details').forEach(each => { each.open = true; });"
        "document.querySelectorAll('a, button, input').forEach(each => each.focus());"
        "window.scrollTo(0, document.body.scrollHeight)"
    )
    return read_page(page.content(), path)[0]  # type: ignore[attr-defined]


def _ask(site: Site, path: str, found: Followed) -> None:
    for headers in AHEAD:
        site.get(path, headers=headers)
    for method in ("HEAD", "OPTIONS"):
        site.client.open(path, method=method)
    found.asked += len(AHEAD) + 2


@contextmanager
def opened_site(folder: Path, chromium: str) -> Iterator[tuple[Site, Browser, str]]:
    """A site on a real server, and a browser."""
    with open_house(folder) as house, sync_playwright() as playwright:
        site = Site(house, create_app(house.parts, house.clock))
        server = waitress.create_server(site.app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield site, browser, f"http://127.0.0.1:{server.effective_port}"
        browser.close()
        server.close()
        thread.join(5)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.web.following", description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    said = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dripcourse-"))
    with opened_site(folder, str(CHROMIUM)) as (site, browser, base):
        whole_course(site)
        found = follow(site, browser, base, said.times)
    shutil.rmtree(folder)
    kinds = sorted({path.split("/")[1] for path in found.paths})
    told = {"times": found.times, "mails": found.mails, "paths": len(found.paths), "kinds": kinds}
    told |= {"opened": found.opened, "asked": found.asked, "elsewhere": len(found.elsewhere), "changed": found.changed}
    print(json.dumps(told | {"kept": not found.changed}))
    return 0 if not found.changed else 1


if __name__ == "__main__":
    sys.exit(main())
