"""What is asked at: a house with readers in every state, every link in their mails, every form on the pages behind them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from dripcourse.fakes.serve import Signer
from dripcourse.services.crypto.keyring import new_id
from dripcourse.web.app import create_app
from dripcourse.web.context import shell
from dripcourse.web.public import limits
from dripcourse.web.reader import routes
from tests.house.rooms import ROOT
from tests.support.house import House, open_house
from tests.support.pages import Form, links_of, read_page
from tests.support.post import Reader
from tests.web.conftest import COVER, Site

CANARY = "Kranichfeder"
"""A word that readers wrote, which no answer may show."""
SECRET = "a-secret-of-the-inbound-address"
BASE = "https://letters.example.org"
_FORM_NAMES = re.compile(r'name="([\w-]+)"')
_ACT_WORDS = re.compile(r'name="do" value="([\w-]+)"')
_FORM_VALUES = re.compile(r'value="([\w-]+)"')
_SIGNUPS_A_SECOND = "1000000/second"
"""So that limits do not hide the sign-ups behind them; the limits have tests of their own."""


@dataclass
class Ground:
    """One house to ask at, and what somebody who knows everything about it would ask with."""

    site: Site
    signer: Signer
    paths: list[str]
    forms: list[Form] = field(default_factory=list)
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()

    @property
    def house(self) -> House:
        return self.site.house

    @property
    def app(self) -> Flask:
        return self.site.app

    def notice(self, html: str, path: str) -> None:
        """The forms of a page are forms to send from now on."""
        if len(self.forms) < 2000:
            self.forms += [form for form in read_page(html, path)[1] if form.post]


@contextmanager
def ground(folder: Path, database_url: str | None = None, *, proxies: int = 0) -> Iterator[Ground]:
    """A fresh house in `folder`, behind so many proxies of ours."""
    signer = Signer()
    hooks = {
        "SENDGRID_EVENT_PUBLIC_KEY": signer.public_key,
        "SENDGRID_INBOUND_PUBLIC_KEY": signer.public_key,
        "INBOUND_SECRET": SECRET,
    }
    folder.mkdir(parents=True, exist_ok=True)
    before, limits.ALTOGETHER = limits.ALTOGETHER, _SIGNUPS_A_SECOND
    with open_house(folder, database_url, **hooks) as house:
        site = Site(house, create_app(house.parts, house.clock, trusted_proxies=proxies))
        limits.ALTOGETHER = before
        live(site)
        yield look_around(site, signer)


def live(site: Site) -> None:
    """Readers come, write, rest, leave; one never answers, one is somebody else; whoever wrote, wrote the canary.

    One has a phrase, which nobody here knows any more. One alone reads their mailbox, and so may see their words: no canary.
    """
    for number, reading in enumerate(("betrayed", "betraying", "", "")):
        who = f"r{number}@example.org"
        site.reading(who, perspective=reading, zone="Europe/Berlin")
        Reader(site.house, who).reply(f"A word of mine: {CANARY}.")
    lock(site, site.link("me", "r0@example.org"))
    site.post(site.link("me", "r1@example.org"), do="pause")
    site.post(site.link("leave", "r2@example.org"))
    read_alone(site, "alone@example.org")
    for _ in range(3):
        site.house.turn(days=7)
        site.house.tick()
    Reader(site.house, "r0@example.org").reply(f"{CANARY} again", sender="somebody.else@example.org")
    site.post(site.link("me", "alone@example.org") + "/own", do="send")
    site.house.tick()
    site.asked("pending@example.org")


def lock(site: Site, me: str) -> None:
    """Set a phrase, wherever on the reader's pages one can be set."""
    phrase = "a wall of four old " + new_id()
    for path in (me, f"{me}/own"):
        for form in read_page(site.get(path).get_data(as_text=True), path)[1]:
            fields = dict(form.fields)
            if "phrase_again" in fields and "old" not in fields:
                do = dict(form.buttons).get("do", "set")
                site.post(form.action, **fields | {"phrase": phrase, "phrase_again": phrase, "do": do})
                return


def read_alone(site: Site, who: str) -> None:
    """A reader who says at the confirmation that nobody else reads their mailbox."""
    path = site.asked(who)
    site.house.turn(minutes=1)
    site.post(path, alone="yes")
    site.house.tick()
    Reader(site.house, who).reply("Words that may be shown.")


def look_around(site: Site, signer: Signer) -> Ground:
    """Every link of every mail, and the pages that they lead to, and the pages that those lead to."""
    mails = site.house.mails()
    waiting = [url.removeprefix(BASE) for mail in mails for url in links_of(mail) if url.startswith(BASE + "/")]
    waiting += [
        "/",
        f"/c/{COVER}",
        f"/c/{COVER}/l/01",
        "/support",
        "/privacy",
        "/healthz",
        "/readyz",
        "/metrics",
        "/desk",
    ]
    found = Ground(site, signer, [], rooms=tuple(sorted({rule.rule for rule in site.app.url_map.iter_rules()})))
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0).partition("#")[0]
        if path in seen or not path.startswith("/") or len(seen) > 400:
            continue
        seen.add(path)
        html = site.get(path).get_data(as_text=True)
        waiting += read_page(html, path)[0]
        found.notice(html, path)
    found.paths = sorted(seen)
    templates = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "templates" / "pages").rglob("*.html"))
    found.names = tuple(sorted({*_FORM_NAMES.findall(templates), "List-Unsubscribe", "do", "go", "never"}))
    found.words = tuple(
        sorted({*_FORM_VALUES.findall(templates), *(value for form in found.forms for _, value in form.fields)})
    )
    found.acts = tuple(sorted({*routes._ACTS, *_ACT_WORDS.findall(templates)}))
    return found


def form_token(found: Ground, purpose: str) -> str:
    """A token of ours for a form, of any purpose: somebody may hold one."""
    with found.app.app_context():
        return shell().form_tokens.make(purpose)
