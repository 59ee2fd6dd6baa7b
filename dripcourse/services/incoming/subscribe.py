"""Coming in by mail: asking for a course, and the yes to the confirmation mail. The same double opt-in as on the pages."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy.orm import Session

from dripcourse.content.files import shipped
from dripcourse.content.library import FALLBACK, Library
from dripcourse.db import queries
from dripcourse.db.models import Signup
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import ASKED_BACK, Kind, confirm_key
from dripcourse.domain.errors import AddressError
from dripcourse.domain.pacing import known_zone
from dripcourse.inbound.commands.consent import Consent, consent_in
from dripcourse.inbound.commands.wishes import cries_for_help
from dripcourse.inbound.mime.parse import parse
from dripcourse.services import incidents
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.enrollment.suppression import suppress
from dripcourse.services.incoming import identify, receipts
from dripcourse.services.incoming.identify import Opened, Owner, Proof
from dripcourse.services.incoming.receipts import PEOPLE
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer
from dripcourse.services.signup import confirm, request
from dripcourse.services.signup.confirm import Standing

_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)
MOST_UNPROVEN = {_AN_HOUR: 30, _A_DAY: 100}
"""How many may ask by mail in so long a time before whoever asks must be proven; counted in the database, over all doors and processes."""
REFUSED = "refused-signups"
"""The name under which those beyond it are counted."""


def is_for_us(parts: Parts, opened: Opened) -> bool:
    """Whether a message came to `subscribe@` or `subscribe+COVER@` at our own domain."""
    return any(_cover(parts, each) is not None for each in identify.recipients(opened))


def subscribe(parts: Parts, session: Session, opened: Opened, now: datetime, course: Course | None = None) -> str:
    """Start the double opt-in for whoever wrote, in the caller's transaction. Returns the reason if it is not started, else ''.

    Nothing tells the two apart from outside. A forged sender is not written to: somebody we believe says that it is forged.
    """
    if opened.mail.is_automatic:
        return "asked for a course, but by a machine"
    if identify.evidence(parts, opened) is Proof.REFUTED:
        return "asked for a course, but the sender is not proven"
    covers = [cover for each in identify.recipients(opened) if (cover := _cover(parts, each)) is not None]
    named = next((found for cover in covers if cover and (found := parts.library.find(cover))), None)
    if any(covers) and named is None:
        return "asked for a course that is not here"
    wanted = named or course or default_course(parts.library)
    if wanted is None:
        return "asked for a course, but there is none"
    if identify.evidence(parts, opened) is not Proof.PROVEN and _too_many(session, now):
        incidents.count(session, REFUSED, now, lasts=_A_DAY)
        return "asked for a course, but too many did by mail without proof of their address; see AUTHSERV_ID"
    words = parts.renderer.consent(wanted.language, wanted.pace)
    wish = Wish(opened.mail.sender, wanted.slug, zone=_zone(opened), how=How.MAIL, consent=words)
    try:
        request.append(parts, session, wish, now)
    except AddressError:
        return "asked for a course from an address that cannot be written to"
    return ""


def _too_many(session: Session, now: datetime) -> bool:
    """Whether as many asked by mail lately as may without proof: From is easily forged, and each of them is written to."""
    return any(
        session.scalars(queries.enrollment.signups_since(How.MAIL, now - window)).one() >= most
        for window, most in MOST_UNPROVEN.items()
    )


def default_course(library: Library) -> Course | None:
    """The course for somebody who named none: the only one; of several, the first that the host added, by its folder's name."""
    courses = sorted(library.courses.values(), key=lambda course: course.slug)
    own = [course for course in courses if Path(course.folder).parent != shipped("templates") / "emails"]
    return next(iter(own or courses), None)


def say_yes(parts: Parts, session: Session, owner: Owner, opened: Opened, now: datetime) -> tuple[str, str]:
    """A reply to the confirmation mail: an explicit yes from the address that was asked is enough, in the caller's transaction.

    A refusal is met with silence; anything else that a person wrote is asked back once. Returns the reason if nothing is confirmed, else
    '', and what stands below the yes.
    """
    ident = owner.delivery.signup_id
    asked = session.get(Signup, ident, with_for_update=True) if ident else None
    if asked is None:
        return "an answer to a confirmation that is too old", ""
    if opened.mail.is_automatic:
        return "a machine's answer to a confirmation", ""
    if not owner.is_reader:
        return "an answer to a confirmation, from another address", ""
    language = owner.enrollment.language if owner.enrollment else FALLBACK
    if opened.mail.command == "stop":
        suppress(parts, session, identify.indexes(parts, opened.mail.sender), "asked", now)
        return "", ""
    over, no = _either(parts, language, "start_over"), _either(parts, language, "no")
    said = consent_in(opened.mail.text, yes=over, no=no)
    if said.consent is not Consent.YES or cries_for_help(opened.mail.text.removesuffix(said.below)):
        return _no_yes(parts, session, owner, opened, said.consent, now), ""
    perspective = owner.enrollment.perspective if owner.enrollment else None
    found = confirm.say_yes(parts, session, asked, perspective, now, start_over=said.over)
    return ("", said.below) if found.standing is Standing.DONE else ("an answer to a confirmation that has run out", "")


def _no_yes(parts: Parts, session: Session, owner: Owner, opened: Opened, said: Consent, now: datetime) -> str:
    """Why nothing is confirmed. Whoever asks for help is told of people; a doubt is asked back, once a sign-up."""
    if opened.mail.command in PEOPLE or cries_for_help(opened.mail.text):
        receipts.answer(parts, session, owner, opened, receipts.people(owner.enrollment), now)
        return "an answer to a confirmation that asks for help"
    if said is Consent.NO:
        return "an answer to a confirmation that says no"
    if said is Consent.MACHINE:
        return "an answer to a confirmation that reads like a machine's"
    delivery = owner.delivery
    key, signup = confirm_key(delivery.signup_id or "", ASKED_BACK), delivery.signup_id
    offer(session, Kind.CONFIRM, key, recipient=delivery.recipient, course=delivery.course, now=now, signup=signup)
    return "an answer to a confirmation that is no clear yes: asked back once"


def _either(parts: Parts, language: str, what: str) -> list[str]:
    """The words for something, in a language and in English."""
    tables = (parts.renderer.words(each)["mail"]["by_reply"] for each in (language, FALLBACK))
    return [word for table in tables for word in table[what].split(", ")]


def _cover(parts: Parts, address: str) -> str | None:
    """The cover that an address names: '' for none, None if it is no address for asking."""
    local, _, domain = address.lower().rpartition("@")
    mark, _, cover = local.partition("+")
    return cover if mark == "subscribe" and domain == parts.rules.reply_domain.lower() else None


def _zone(opened: Opened) -> str:
    """The zone of the mail's own Date, as far as an offset tells: better than everybody's morning in London."""
    try:
        offset = parsedate_to_datetime(parse(opened.arrival.raw).value("date")).utcoffset()
    except (ValueError, TypeError, OverflowError):
        return "UTC"
    hours = round((offset or timedelta()) / _AN_HOUR)
    zone = f"Etc/GMT{-hours:+d}"  # POSIX counts west of Greenwich
    return zone if hours and known_zone(zone) else "UTC"
