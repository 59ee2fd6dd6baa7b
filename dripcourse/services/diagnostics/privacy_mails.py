"""The evidence that mails hold nothing that watches their readers: every lesson of this installation is written out and looked at."""

import re
from datetime import date

from dripcourse.content.render import LessonFacts
from dripcourse.domain.discretion import telling_words
from dripcourse.domain.finding import Finding, well, wrong
from dripcourse.domain.page_addresses import Pages
from dripcourse.services.parts import Parts

_FETCHES = re.compile(
    r"<(?:img|iframe|video|audio|object|embed|script|link)\b|url\(|@import|\b(?:src|background)=", re.IGNORECASE
)
_LINKS = re.compile(r"href=\"(https?://[^\"]*)\"", re.IGNORECASE)
_MARKS = re.compile(r"[?&](?:utm_|mc_|sg_|trk|ref=)", re.IGNORECASE)


def examine_mails(parts: Parts) -> Finding:
    """Whether any lesson, in any reading, loads something when it is opened, or has a link that counts."""
    claim, count, faults = "Mails hold no picture and no mark", 0, set[str]()
    facts = _facts(parts.rules.pages)
    for course in parts.library.courses.values():
        for lesson in course.lessons:
            for reading in course.readings:
                html = parts.renderer.lesson(course, lesson, reading, facts).html
                count += 1
                if _FETCHES.search(html) or any(_MARKS.search(link) for link in _LINKS.findall(html)):
                    faults.add(f"{course.slug}/{lesson.slug}")
    if faults:
        return wrong(claim, f"not so in {', '.join(sorted(faults))}", "Take it out of the lesson, or of the layout.")
    return well(claim, f"{count} mails were written out: nothing in them is loaded, and no link is counted")


def examine_lists(parts: Parts) -> Finding:
    """Whether what a list of mails or a locked screen shows (sender, subject, first words, List-Id) tells what a course is about."""
    courses = list(parts.library.courses.values())
    titles = [text for course in courses for text in (course.title, course.slug.replace("-", " "))]
    faults: set[str] = set()
    count = 0
    for course in courses:
        around = f"{course.from_name} {course.cover} {parts.rules.mail_from.address} {parts.rules.reply_domain}"
        for lesson in course.lessons:
            count += 1
            if telling_words(f"{around} {lesson.subject} {lesson.preview}", titles):
                faults.add(f"{course.slug}/{lesson.slug}")
    claim = "A list of mails does not say what the course is about"
    if faults:
        return wrong(claim, f"{', '.join(sorted(faults))} would", "Choose words that tell nothing.")
    return well(claim, f"sender, subject, first words and List-Id of {count} mails were looked at")


def _facts(pages: Pages) -> LessonFacts:
    day = date(2026, 1, 1)
    return LessonFacts(
        next_date=day,
        promised=day,
        me_url=pages.me("x"),
        leave_url=pages.leave("x"),
        support_url=pages.support,
        clean_copy_url=pages.clean_copy("x", 1),
    )
