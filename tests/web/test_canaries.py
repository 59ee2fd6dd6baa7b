"""Words that readers would never want found, put everywhere a reader can put a word, and then looked for wherever nobody should find one."""

import logging
import sqlite3
import threading
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import waitress
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from dripcourse.db.models import Enrollment, Reply
from dripcourse.domain.errors import DripError
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.services.privacy import erase, export
from dripcourse.services.recovery import backup
from dripcourse.services.replies import store
from dripcourse.transports.sendgrid.transport import Sendgrid
from dripcourse.web.app import create_app
from tests.support.house import MONDAY, House, open_house
from tests.support.post import Reader, compose, hand_in
from tests.web.conftest import COVER, Site
from tests.web.test_answer import form_of, page_of

ADDRESS = "kanarienvogel@example.org"
OTHER = "zeisig@elsewhere.example"
"""The address from which the same reader once wrote."""
BY_MAIL, BY_PAGE, UNKEPT = "Gelbfeder", "Rotfeder", "Graufeder"
NAME, SUBJECT, HEADER = "Goldammer", "Braunkehlchen", "Kopfmeise"
COVER_NAME, COVER_SUBJECT = "Wasseramsel", "Heckenbraunelle"
WORDS = (BY_MAIL, BY_PAGE, UNKEPT, NAME, SUBJECT, HEADER)
ADDRESSES = ("kanarienvogel", "zeisig@elsewhere")


class Everything(logging.Handler):
    """All that any library logs, at any level, with its tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = f"{record.getMessage()} {record.args!r}"
        if record.exc_info:
            said += "".join(traceback.format_exception(*record.exc_info))
        self.lines.append(said)


@dataclass
class Story:
    """A reader who wrote by every door, on a real server, over a real wire to a stand-in that ships; and all that was logged and asked."""

    site: Site
    fake: FakeSendgrid
    port: int
    logged: Everything
    asked: list[str] = field(default_factory=list)

    @property
    def house(self) -> House:
        return self.site.house

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """A request over a socket; its address is what an access log would hold."""
        self.asked.append(path)
        connection = HTTPConnection("127.0.0.1", self.port)
        body = urlencode(fields) if fields else None
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        return answer.status, said

    def link(self, purpose: str) -> str:
        taken = [mail for mail in self.fake.account.taken if mail.to == ADDRESS]
        text = next(
            mail.request["content"][0]["value"] for mail in reversed(taken) if f"/{purpose}/" in str(mail.request)
        )
        return f"/{purpose}/" + text.partition(f"/{purpose}/")[2].split()[0].rstrip(".,)>")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    logged = Everything()
    root, levels = logging.getLogger(), {}
    for name in (
        None,
        "sqlalchemy",
        "sqlalchemy.engine",
        "sqlalchemy.pool",
        "waitress",
        "waitress.queue",
        "apscheduler",
    ):
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(logged)
    fake = FakeSendgrid(Account(), lambda: MONDAY)
    fake.start()
    with open_house(tmp_path_factory.mktemp("canaries"), transport=Sendgrid("SG.fake", fake.url)) as house:
        site = Site(house, create_app(house.parts, house.clock))
        server = waitress.create_server(site.app, host="127.0.0.1", port=0, threads=2)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        told = Story(site, fake, server.effective_port, logged)
        live(told)
        yield told
        server.close()
        thread.join(5)
    fake.stop()
    root.removeHandler(logged)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def live(story: Story) -> None:
    """Sign up, say yes, write by page and by mail, from another address too, choose a cover, be met by faults."""
    house = story.house
    assert story.ask("POST", f"/c/{COVER}", email=ADDRESS, zone="Europe/Berlin")[0] == 200
    story.ask("POST", f"/c/{COVER}", email=ADDRESS, zone="nowhere")
    story.ask("POST", f"/c/{COVER}", email=ADDRESS, remark=UNKEPT)
    house.tick()
    story.ask("POST", story.link("confirm"), perspective="betrayed")
    house.tick()
    me = story.link("me")
    form = form_of(story.ask("GET", me)[1])
    assert story.ask("POST", me, do="write", text=f"{BY_PAGE} on the page.", **form)[0] == 200
    assert story.ask("POST", me, do="write", text=f"{UNKEPT} in vain", token="", answer="")[0] == 400
    assert story.ask("POST", me, do="cover", style="own", name=COVER_NAME, subject=COVER_SUBJECT)[0] == 200
    for _ in range(2):
        house.turn(days=7)
        house.tick()
    write(story)
    with house.parts.db.write() as session:
        for reply in session.query(Reply):
            store.share(house.parts, session, reply, house.now)
    break_things(story)


def write(story: Story) -> None:
    """By mail, as one's own program and as somebody else's writes it."""
    answered = [mail for mail in story.fake.account.taken if mail.to == ADDRESS][-1]
    to = str(answered.request["reply_to"]["email"])
    for sender in (f"{NAME} <{ADDRESS}>", f"{NAME} <{OTHER}>"):
        mail = compose(sender, to, f"{BY_MAIL} by mail, from {sender}.", subject=f"Re: {SUBJECT}", X_Note=HEADER)
        hand_in(story.house, mail, sender=sender)
        story.house.turn(minutes=1)
        story.house.tick()
    hand_in(
        story.house,
        compose(f"{NAME} <{OTHER}>", f"subscribe@{story.house.parts.rules.reply_domain}", "", subject=SUBJECT),
    )
    hand_in(
        story.house,
        b"From: "
        + ADDRESS.encode()
        + b"\r\nSubject: "
        + SUBJECT.encode()
        + b"\r\n\r\n"
        + BY_MAIL.encode()
        + b"\xff\xfe\0",
    )
    story.house.tick()


def break_things(story: Story) -> None:
    """Faults of ours and of others, with a reader's words in hand."""
    me = story.link("me")
    parts = story.house.parts
    with sqlite3.connect(story.house.folder / "truth.db") as vandal:
        vandal.execute("ALTER TABLE reply RENAME TO reply_gone")
    form = form_of(story.ask("GET", story.link("leave"))[1])
    assert story.ask("POST", me, do="write", text=UNKEPT, **form)[0] in (400, 500, 503)
    assert story.ask("GET", me)[0] >= 500
    hand_in(story.house, compose(f"{NAME} <{ADDRESS}>", "r+x@" + parts.rules.reply_domain, BY_MAIL, subject=SUBJECT))
    story.house.tick()
    with sqlite3.connect(story.house.folder / "truth.db") as vandal:
        vandal.execute("ALTER TABLE reply_gone RENAME TO reply")
    story.house.turn(hours=1)
    story.house.tick()
    story.ask("GET", f"/{UNKEPT}".lower())  # what a stranger types into an address is theirs; it is not logged either
    story.asked.pop()


def found(words: Iterable[str], within: bytes | str) -> list[str]:
    heap = within if isinstance(within, bytes) else within.encode("utf-8", "replace")
    low = heap.lower()
    wide = low.replace(b"\0", b"")
    return [word for word in words if word.lower().encode() in low or word.lower().encode() in wide]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


# --------------------------------------------------------------------------------------------------------- while they read


def test_the_words_were_really_there(story: Story) -> None:
    """Or nothing below would mean anything."""
    parts = story.house.parts
    with parts.db.read() as session:
        kept = [store.read(parts, session, row) for row in session.query(Reply)]
        raw = [store.read_raw(parts, session, row) or b"" for row in session.query(Reply)]
    assert any(BY_PAGE in text for text in kept)
    assert any(BY_MAIL in text for text in kept)
    assert found((NAME, SUBJECT, HEADER, ADDRESS), b"".join(raw)) == [NAME, SUBJECT, HEADER, ADDRESS]
    assert any(mail.to == ADDRESS for mail in story.fake.account.taken)
    assert any("INSERT INTO reply" in line for line in story.logged.lines), "even SQLAlchemy was heard"


def test_no_log_of_any_library_at_any_level_holds_one(story: Story) -> None:
    told = "\n".join(story.logged.lines)
    assert len(story.logged.lines) > 1000
    assert found((*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT), told) == []


def test_no_address_that_was_asked_for_holds_one(story: Story) -> None:
    links = "\n".join([*story.asked, *(mail.request["content"][0]["value"] for mail in story.fake.account.taken)])
    paths = "\n".join(piece for piece in links.split() if piece.startswith(("http", "/")))
    assert "/me/" in paths
    assert found((*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT), paths) == []


def test_the_provider_is_told_where_to_and_what_and_nothing_beside(story: Story) -> None:
    for mail in story.fake.account.taken:
        request = dict(mail.request)
        [person] = request.pop("personalizations")
        assert set(person) <= {"to", "custom_args", "headers"}
        assert list(person["custom_args"]) == ["d"]
        assert [set(to) for to in person["to"]] == [{"email"}], "no name, nobody else"
        assert set(request) <= {"from", "reply_to", "subject", "content", "mail_settings", "tracking_settings"}, (
            "no category"
        )
        sent = {"headers": person.get("headers"), "args": person["custom_args"], "reply_to": request.get("reply_to")}
        about = repr((sent, request.get("mail_settings"), request["tracking_settings"]))
        assert found((*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT), about) == []
        assert found(WORDS, repr(mail.request)) == [], "and no mail of ours repeats a reader's words"


def test_no_machine_that_asks_is_told_one(story: Story) -> None:
    for path in ("/readyz", "/healthz", "/metrics", "/privacy", "/support", "/desk"):
        assert found((*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT), story.ask("GET", path)[1]) == []


def test_the_readers_own_page_shows_no_past_word(story: Story) -> None:
    for path in (story.link("me"), story.link("leave"), story.link("confirm"), story.link("was-it-you")):
        assert found((*WORDS, *ADDRESSES), page_of(story.site, path)) == []


def test_the_files_of_the_database_hold_none_as_they_lie_on_the_disk(story: Story) -> None:
    held = files_of(story.house.folder)
    assert any(name.endswith("-wal") for name in held)
    assert found(("rebuilding-trust",), held["truth.db"] + held["truth.db-wal"])
    for name, data in held.items():
        assert found((*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT), data) == [], name


def test_a_backup_holds_none(story: Story, tmp_path: Path) -> None:
    backup.backup(story.house.parts.db, tmp_path / "copy.backup", story.house.now, lambda _rows: None)
    held = files_of(tmp_path)
    assert set(held) == {"copy.backup", "reader-keys.backup"}
    for name, data in held.items():
        assert found((*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT), data) == [], name


def test_no_error_says_one(story: Story) -> None:
    """Not one that a person reads, and not one that a library made of a row."""
    parts, said = story.house.parts, []
    for wrong in (f"{ADDRESS} ", "nobody", OTHER):
        try:
            export.export(parts, wrong)
        except DripError:
            said.append(traceback.format_exc())
    row = {"id": None, "subscriber_id": ADDRESS, "course": "x", "perspective": COVER_NAME}
    with parts.db.read() as session, pytest.raises(SQLAlchemyError) as broken:
        session.execute(insert(Enrollment), [row])
    said += ["".join(traceback.format_exception(broken.value))]
    assert len(said) > 1
    assert (
        found(
            (*WORDS, *ADDRESSES, COVER_NAME),
            "\n".join(line for text in said for line in text.splitlines() if not line.startswith("    ")),
        )
        == []
    )


# ----------------------------------------------------------------------------------------------------------- and afterwards


def test_after_an_erasure_there_is_none_anywhere(tmp_path: Path) -> None:
    """With the outbox, whose mails hold the address and the cover; and with everything that the reader did before."""
    with open_house(tmp_path) as house:
        site = Site(house, create_app(house.parts, house.clock))
        site.reading(ADDRESS, perspective="betrayed")
        me = site.link("me", ADDRESS)
        site.post(me, do="cover", style="own", name=COVER_NAME, subject=COVER_SUBJECT)
        site.post(me, do="write", text=BY_PAGE, **form_of(page_of(site, me)))
        for _ in range(2):
            house.turn(days=7)
            house.tick()
        reader = Reader(house, ADDRESS)
        reader.reply(BY_MAIL, X_Note=HEADER)
        reader.reply(f"{BY_MAIL} too", sender=OTHER)
        everywhere = (*WORDS, *ADDRESSES, COVER_NAME, COVER_SUBJECT)
        outside = (ADDRESS, COVER_NAME, COVER_SUBJECT)
        assert len(found(outside, b"".join(files_of(tmp_path).values()))) == 3, "its mails are in the outbox"
        erase.erase(house.parts, ADDRESS, house.now)
        house.turn(days=31)
        house.tick()
        house.parts.db.scrub()
        held = files_of(tmp_path)
        backup.backup(house.parts.db, tmp_path / "copy.backup", house.now, lambda _rows: None)
        held |= files_of(tmp_path)
        for name, data in held.items():
            assert found(everywhere, data) == [], name
            assert found(everywhere, name) == []
