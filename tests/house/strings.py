"""What others can see of a reader in four weeks, as strings: `python -m tests.house.strings` writes them into docs/privacy.md.

It lives through the weeks with the whole installation, as three readers, one on each side, and collects what a list of mails and a
locked screen show, what a browser keeps of every page, what an address book keeps, and the names of files.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

from dripcourse.web.app import create_app
from tests.house.rooms import ROOT
from tests.support.house import House, open_house
from tests.support.post import Reader
from tests.web.conftest import COVER, Site

PAGE = ROOT / "docs" / "privacy.md"
BEGIN, END = "<!-- strings: begin (python -m tests.house.strings) -->", "<!-- strings: end -->"
FIRST = 140
"""As many characters of a mail as the most generous list of mails shows."""
SIDES = ("betrayed", "betraying", "")
_TOKEN = re.compile(r"(?<=[/+])[a-z2-7]{26}[\w.-]*")
_UNSEEN = dict.fromkeys(map(ord, "\u034f\u200c"), "")
_VOID = {"meta", "link", "br", "hr", "input", "img", "path", "circle", "rect"}


@dataclass
class Strings:
    """What was seen of one reader. Tokens, which are chance, are written as an ellipsis."""

    mails: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    """By what a mail was: sender, subject, and the ways in which its first characters may be shown."""
    chosen: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    """The same of mails whose look the reader chose: plain-spoken, or their own cover."""
    book: set[tuple[str, str]] = field(default_factory=set)
    pages: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def all(self) -> Iterator[str]:
        """Every string that nobody chose to be told by."""
        for sender, subject, firsts in self.mails.values():
            yield from (sender, subject, *firsts)
        for pair in self.book | self.pages:
            yield from pair
        yield from self.files


class _Text(HTMLParser):
    """The words of a page or a mail, as whatever shows a preview takes them out; and its title, links and forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen, self.hidden, self.title, self.links = "", "", "", [""]
        self.forms: list[tuple[str, list[tuple[str, str]], list[tuple[str, str]]]] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag in ("a", "link") and "href" in named:
            self.links.append(named["href"])
        if tag == "form":
            self.forms.append((named.get("action", ""), [], []))
        if tag in ("input", "button") and self.forms and "name" in named:
            kind = self.forms[-1][1 if tag == "input" and named.get("type") == "hidden" else 2]
            if tag == "button" or named.get("type") == "hidden":
                kind.append((named["name"], named.get("value", "")))
        if tag not in _VOID:
            self._open.append((tag, "display: none" in named.get("style", "")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "title" in tags:
            self.title += data
        if {"style", "script", "title", "head"} & set(tags):
            return
        self.hidden += f" {data}"
        if not any(hidden for _, hidden in self._open):
            self.seen += f" {data}"


def collect(folder: Path, side: str) -> Strings:
    """Live through four weeks as a reader of one side and note what could be seen from outside."""
    found = Strings()
    with _site(folder) as site:
        found.pages.add((f"/c/{COVER}", _Text(site.sign_up(perspective=side).get_data(as_text=True)).title))
        site.house.tick()
        confirm = site.link("confirm")
        _see(found, site, confirm)
        site.house.turn(minutes=1)
        site.post(confirm)
        site.house.tick()
        _note(found, site, ["the confirmation", "the welcome"])
        for week in range(1, 5):
            _next_lesson(site)
            _note(found, site, [f"the letter of week {week}"])
        reader = Reader(site.house)
        for word, what in (
            ("where am I", "an answer"),
            ("help", "what a reply can do"),
            ("support", "who answers today"),
        ):
            reader.reply(word)
            site.house.tick()
            _note(found, site, [f"“{word}”: {what}"])
        reader.reply("Some words.", sender="somebody.else@example.org")
        site.house.tick()
        _note(found, site, ["words from another address"])
        _browse(found, site)
        for what, fields in (
            ("behind a link", {"style": "discreet", "behind": "yes"}),
            ("plain-spoken", {"style": "plain"}),
            ("a cover of their own", {"style": "own", "name": "Garden club", "subject": "Minutes"}),
            ("both", {"style": "own", "name": "Garden club", "subject": "Minutes", "behind": "yes"}),
        ):
            site.post(site.link("me"), do="cover", **fields)
            site.house.turn(days=1)
            site.post(site.link("me"), do="again")
            site.house.tick()
            _note(found, site, [what], chosen=True)
        _browse(found, site)
        _press_everything(found, site)
    return found


def _next_lesson(site: Site) -> None:
    before = len(site.house.mails())
    while len(site.house.mails()) == before:
        site.house.turn(days=1)
        site.house.tick()


def _note(found: Strings, site: Site, names: list[str], *, chosen: bool = False) -> None:
    """The mails that came last, under these names."""
    for name, mail in zip(names, site.house.mails("reader@example.org")[-len(names) :], strict=True):
        sender = mail["From"].addresses[0]
        shown = (sender.display_name or sender.addr_spec, str(mail["Subject"]), _firsts(mail))
        (found.chosen if chosen else found.mails)[name] = shown
        found.book.add(("From", str(sender.addr_spec)))
        for header in ("Reply-To", "List-Id", "List-Unsubscribe"):
            if mail[header]:
                found.book.add((header, _masked(re.sub(r"\s+", " ", str(mail[header])))))


def _firsts(mail: EmailMessage) -> tuple[str, ...]:
    """The first characters of a mail: of its plain text; of its HTML, with what is hidden in it for this and without, and as one that keeps what has no width."""
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    text = _Text(html)
    ways = [" ".join(text.hidden.translate(_UNSEEN).split()), " ".join(plain.split()), " ".join(text.seen.split())]
    kept = re.sub(r"[ \t\r\n]+", " ", text.hidden).strip()[:FIRST].translate(_UNSEEN)
    return tuple(dict.fromkeys([*(way[:FIRST].strip() for way in ways), " ".join(kept.split())]))


def _browse(found: Strings, site: Site) -> None:
    """Every page that a reader's links lead to, and what those lead to."""
    bodies = [mail.get_body(("plain",)) for mail in site.house.mails("reader@example.org")]
    texts = [str(body.get_content()) for body in bodies if body]
    waiting = ["/", f"/c/{COVER}", *re.findall(r"https://letters\.example\.org(/[^\s)>]*)", "\n".join(texts))]
    done: set[str] = set()
    while waiting:
        path = waiting.pop().split("#")[0]
        if not path.startswith("/") or _masked(path) in done:
            continue
        done.add(_masked(path))
        waiting += _see(found, site, path)


def _see(found: Strings, site: Site, path: str) -> list[str]:
    """Open a page, or a file, and note its address and title, or its name; returns where its links lead."""
    answer = site.get(path)
    if path.startswith("/static/"):
        found.files.add(path.split("/")[-1].split("?")[0])
        return []
    if saved := answer.headers.get("Content-Disposition"):
        found.files.add(_masked(saved))
        return []
    page = _Text(answer.get_data(as_text=True))
    found.pages.add((_masked(path), page.title))
    return page.links


def _press_everything(found: Strings, site: Site) -> None:
    """Every button of every such page, the ones that end things last: what came of it has an address and a title too."""
    me, leave, confirm = (site.link(purpose) for purpose in ("me", "leave", "confirm"))
    below = [
        path.replace("…", me.split("/")[2]) for path, _ in sorted(found.pages) if re.fullmatch(r"/me/…/[a-z-]+", path)
    ]
    pressed = []
    for path in (me, *below, leave, confirm, f"/c/{COVER}"):
        for action, hidden, buttons in _Text(site.get(path).get_data(as_text=True)).forms:
            pressed += [(action or path, dict(hidden) | dict([button])) for button in buttons or [("", "")]]
    for action, fields in sorted(pressed, key=_ends):
        answer = site.post(action.split("#")[0], **{name: value for name, value in fields.items() if name})
        if saved := answer.headers.get("Content-Disposition"):
            found.files.add(saved.partition("filename=")[2])
            continue
        found.pages.add((_masked(action), _Text(answer.get_data(as_text=True)).title))


def _ends(press: tuple[str, dict[str, str]]) -> int:
    """How final a press is: what ends more comes later."""
    action, fields = press
    words = {*action.split("/")[1::2], *fields, *fields.values()}
    return max(
        (place for place, word in enumerate(("delete", "leave", "never", "erase"), 1) if word in words), default=0
    )


def _masked(text: str) -> str:
    text = re.sub(r"\?v=[0-9a-f]+", "", text)
    text = re.sub(r"(?<=/)\d\d(?=$|[?#])", "NN", text)
    return re.sub(r"\+[^@\s]*@", "+…@", _TOKEN.sub("…", text))


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    with open_house(folder) as house:
        assert isinstance(house, House)
        yield Site(house, create_app(house.parts, house.clock))


def table(found: Strings) -> str:
    """The strings as the document has them."""

    def rows(mails: dict[str, tuple[str, str, tuple[str, ...]]]) -> list[str]:
        return [f"| {what} | {sender} | {subject} | {firsts[0]} |" for what, (sender, subject, firsts) in mails.items()]

    lines = [
        BEGIN,
        "",
        f"**Mails**, as a list of mails or a locked screen shows them: sender, subject, and the first {FIRST} characters.",
        "",
        "| Mail | From | Subject | First words |",
        "|---|---|---|---|",
        *rows(found.mails),
        "",
        "**The same, as a reader may choose**: here the copy of a letter.",
        "",
        "| Look | From | Subject | First words |",
        "|---|---|---|---|",
        *rows(found.chosen),
        "",
        "**An address book, and the headers of a letter:** "
        + "; ".join(f"{name} `{value}`" for name, value in sorted(found.book))
        + ".",
        "",
        "**The address bar, the browser's history and the window's title**, of every page that a reader can come to:",
        "",
        "| Address | Title |",
        "|---|---|",
        *(f"| `{path}` | {title} |" for path, title in sorted(found.pages)),
        "",
        f"**Files:** {', '.join(f'`{name}`' for name in sorted(found.files))}. The icon of the window is `mark.svg`, an envelope.",
        "",
        END,
    ]
    return "\n".join(lines)


def replaced(document: str, new: str) -> str:
    """The document with the new table in place of the old one."""
    before, _, rest = document.partition(BEGIN)
    return before + new + rest.partition(END)[2]


def main() -> None:
    """Write the table anew."""
    with tempfile.TemporaryDirectory() as folder:
        found = collect(Path(folder), SIDES[0])
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), table(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
