"""How mails look from outside: discreet, plain-spoken, under a cover of the reader's own, and as no more than a link."""

import re
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from dripcourse.content.render import Renderer
from dripcourse.db.models import Enrollment, LessonText, Reply
from dripcourse.domain.appearance import Cover, CoverError, Style
from dripcourse.domain.errors import NotFound
from dripcourse.services.crypto.keyring import Keyring, Unsealable
from dripcourse.services.delivery import settle
from dripcourse.services.enrollment import appearance
from dripcourse.services.host import overview
from dripcourse.services.privacy import export
from dripcourse.services.reader import appearance as reader_appearance
from dripcourse.services.reader import page
from dripcourse.services.replies import store
from tests.services.test_reader import token_of
from tests.support.house import House, subjects
from tests.support.post import Reader

OWN = Cover(Style.OWN, "Garden club", "Minutes")


def weeks(house: House, number: int) -> list[EmailMessage]:
    """The mails of so many lessons more, each on its day."""
    before = len(house.mails())
    for _ in range(number):
        for _ in range(10):
            house.turn(days=1)
            if house.tick().accepted:
                break
    return house.mails()[before:]


def begun(house: House, **words: str) -> str:
    """Somebody who has had the welcome, and the token of their page."""
    house.enroll(**words)
    house.tick()
    return token_of(house, "me")


def test_by_default_nothing_is_said_and_plain_speaking_is_a_choice_that_can_be_undone(house: House) -> None:
    token = begun(house)
    assert subjects(weeks(house, 1)) == ["Letter 1"]
    before = reader_appearance.choose(house.parts, token, Cover(Style.PLAIN))
    assert before == Cover()
    assert subjects(weeks(house, 1)) == ["Rebuilding trust, 2 of 7: rushing the healing"]
    assert reader_appearance.choose(house.parts, token, before) == Cover(Style.PLAIN)
    (mail,) = weeks(house, 1)
    assert (mail["From"].addresses[0].display_name, mail["Subject"]) == ("Slow Letters", "Letter 3")


def test_a_cover_of_ones_own_is_worn_by_lessons_copies_and_answers_alike(house: House) -> None:
    token = begun(house)
    reader_appearance.choose(house.parts, token, OWN)
    mails = weeks(house, 1)
    page.again(house.parts, token, house.now)
    house.tick()
    Reader(house).reply("where am I")
    house.tick()
    mails = house.mails()[1:]
    assert subjects(mails) == ["Minutes", "Minutes", "Re: Minutes"]
    for mail in mails:
        assert mail["From"].addresses[0].display_name == "Garden club"
        assert mail["From"].addresses[0].addr_spec == "letters@letters.example.org"
        assert "Letter" not in str(mail["From"]) + str(mail["Subject"])
    assert mails[-1]["In-Reply-To"], "it stays in its thread"


def test_an_answer_to_a_plain_spoken_lesson_is_in_its_thread_by_name_too(house: House) -> None:
    token = begun(house)
    reader_appearance.choose(house.parts, token, Cover(Style.PLAIN))
    (lesson,) = weeks(house, 1)
    Reader(house).reply("where am I")
    house.tick()
    assert house.mails()[-1]["Subject"] == f"Re: {lesson['Subject']}"


def test_a_name_in_any_writing_arrives_whole_and_no_line_is_too_long(house: House) -> None:
    token = begun(house)
    name, subject = "Клуб садоводов и огородников на реке " + "Й" * 20, "протокол " * 14
    reader_appearance.choose(house.parts, token, Cover(Style.OWN, name, subject.strip()))
    (mail,) = weeks(house, 1)
    assert mail["Subject"] == subject.strip()
    (file,) = [path for path in (house.folder / "outbox" / "new").iterdir() if b"=?utf-8?" in path.read_bytes()]
    head = file.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    assert max(map(len, re.findall(r"=\?utf-8\?\S*\?=", head))) <= 75, "RFC 2047 2"
    sender = re.sub(r"\n(?=[ \t])", "", head).split("\n")[0]
    # Python's own parser of addresses puts spaces between two encoded words of a name; RFC 2047 6.2 leaves them out
    assert str(make_header(decode_header(sender))).startswith(f"From: {name} <letters@")


@pytest.mark.parametrize(
    "name", ["a\r\nBcc: x@example.org", "PayPal <security@paypal.com>", "", "x" * 65, "\u202eevil"]
)
def test_a_cover_that_could_harm_is_refused_here_too_and_changes_nothing(house: House, name: str) -> None:
    token = begun(house)
    with pytest.raises(CoverError):
        reader_appearance.choose(house.parts, token, Cover(Style.OWN, name, "Minutes"))
    assert reader_appearance.look(house.parts, token).chosen == Cover()


def test_a_link_of_nobodys_changes_nothing(house: House) -> None:
    with pytest.raises(NotFound):
        reader_appearance.choose(house.parts, "nobody.xyz", OWN)
    with pytest.raises(NotFound):
        reader_appearance.look(house.parts, "nobody.xyz")


def damage(house: House, ident: str) -> None:
    """A cover that no key opens any more: it is another row's."""
    with house.parts.db.write() as session:
        row = session.get_one(Enrollment, ident)
        row.cover_sealed = house.parts.keys.seal(b'["Garden club", "Minutes"]', "cover", "another row")


def test_a_cover_stands_sealed_and_goes_with_another_choice(house: House) -> None:
    token = begun(house)
    for choice, sealed in ((OWN, True), (Cover(Style.PLAIN), False), (OWN, True), (Cover(), False)):
        reader_appearance.choose(house.parts, token, choice)
        with house.parts.db.read() as session:
            row = session.scalars(select(Enrollment)).one()
        assert (row.cover_sealed is not None) == sealed
        assert b"Garden" not in (row.cover_sealed or b"")
        assert appearance.of_enrollment(house.parts.keys, row) == choice


def test_a_cover_that_no_key_opens_holds_its_own_mail_alone_and_can_be_chosen_anew(house: House) -> None:
    ident = house.enroll()
    house.tick()
    token = token_of(house, "me")
    others = [house.enroll(f"{name}@example.org") for name in ("ada", "ben")]
    house.tick()
    reader_appearance.choose(house.parts, token, Cover(Style.OWN, "Garden club", "Minutes", behind_link=True))
    damage(house, ident)
    house.turn(days=10)
    ticked = house.tick()
    assert (ticked.held, ticked.accepted) == (1, len(others))
    [held] = [view for view in overview.deliveries(house.parts) if view.state == "held"]
    assert held.enrollment == ident
    with house.parts.db.read() as session, pytest.raises(Unsealable):
        appearance.of_enrollment(house.parts.keys, session.get_one(Enrollment, ident))
    assert reader_appearance.look(house.parts, token).chosen == Cover(behind_link=True)
    told = export.own(house.parts, token)["enrollments"][0]
    assert (told["cover_name"], told["cover_subject"]) == (None, None)
    assert reader_appearance.choose(house.parts, token, OWN) == Cover(behind_link=True)
    settle.resolve(house.parts, held.id, settle.Word.NOT_SENT, now=house.now)
    house.tick()
    assert subjects(house.mails("reader@example.org"))[-1] == "Minutes"


def test_behind_a_link_no_word_of_the_lesson_is_in_the_mail_and_every_word_is_kept(house: House) -> None:
    token = begun(house, perspective="betrayed")
    reader_appearance.choose(house.parts, token, Cover(behind_link=True))
    (mail,) = weeks(house, 1)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    (kept,) = [said for said in texts(house) if said.slug == "acknowledgement"]
    assert "What has it changed that nobody else can see?" in kept.text
    assert re.search(r"/me/\S+/letters/this", text)
    for words in re.findall(r"\w+(?: \w+){3}", " ".join(kept.text.split())):
        assert words not in " ".join(text.split()) + html, "four words in a row of a lesson"
    for telling in ("acknowledg", "trust", "betray", "few minutes to read", "afraid", "/support", "/c/"):
        assert telling not in text.lower() + html.lower()
    assert mail["Subject"] == "Letter 1"
    assert mail["List-Unsubscribe"]


def test_behind_a_link_a_copy_is_a_link_too_and_a_delay_is_owned(house: House) -> None:
    token = begun(house)
    reader_appearance.choose(house.parts, token, Cover(Style.OWN, "Garden club", "Minutes", behind_link=True))
    house.turn(days=12)
    house.tick()
    late = " ".join(house.mails()[-1].get_body(("plain",)).get_content().split())
    assert "It comes late, and the delay was ours." in late
    page.again(house.parts, token, house.now)
    house.tick()
    copy = house.mails()[-1]
    assert copy["Subject"] == "Minutes"
    assert "/letters/this" in copy.get_body(("plain",)).get_content()
    assert "reading is there" in copy.get_body(("html",)).get_content()


def test_an_answer_to_a_mail_behind_a_link_is_read_as_any_other(house: House) -> None:
    token = begun(house)
    reader_appearance.choose(house.parts, token, Cover(behind_link=True))
    weeks(house, 1)
    Reader(house).reply("It cost me the mornings.")
    house.tick()
    with house.parts.db.read() as session:
        (reply,) = session.scalars(select(Reply)).all()
        assert store.read(house.parts, session, reply).strip() == "It cost me the mornings."


def test_readers_with_the_default_cover_cost_nothing_for_those_who_have_their_own(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Composing has no session to ask with; so what is counted is what is rendered and unsealed, for fifty readers without and with one cover."""
    house = small_house
    for number in range(50):
        house.enroll(f"reader-{number}@example.org")
    house.tick()
    made: list[str] = []
    for method in ("lesson", "system"):
        real = getattr(Renderer, method)

        def counted(*args: object, _real=real, _name=method, **named: object) -> object:
            made.append(_name)
            return _real(*args, **named)

        monkeypatch.setattr(Renderer, method, counted)
    unseal = Keyring.unseal
    opened: list[str] = []

    def noted(keys: Keyring, sealed: bytes, purpose: str, row: str) -> bytes:
        opened.append(purpose)
        return unseal(keys, sealed, purpose, row)

    monkeypatch.setattr(Keyring, "unseal", noted)
    house.turn(days=10)
    assert house.tick().accepted == 50
    assert made == ["lesson"] * 50
    assert "cover" not in opened
    reader_appearance.choose(
        house.parts, token_of(house, "me", 0), Cover(Style.OWN, "Garden club", "Minutes", behind_link=True)
    )
    house.turn(days=10)
    made.clear()
    opened.clear()
    assert house.tick().accepted == 50
    assert sorted(made) == ["lesson"] * 50 + ["system"]
    assert opened.count("cover") == 1


def texts(house: House) -> list[LessonText]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(LessonText)).all())
