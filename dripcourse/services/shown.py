"""The evidence that mails hold nothing that watches their readers: every lesson of this installation is written out and looked at."""

import re
from datetime import date

from dripcourse.content.render import LessonFacts
from dripcourse.domain.finding import Finding, well, wrong
from dripcourse.services.parts import Parts

_FETCHES = re.compile(
    r"<(?:img|iframe|video|audio|object|embed|script|link)\b|url\(|@import|\b(?:src|background)=", re.IGNORECASE
)
_LINKS = re.compile(r"href=\"(https?://[^\"]*)\"", re.IGNORECASE)
_MARKS = re.compile(r"[?&](?:utm_|mc_|sg_|trk|ref=)", re.IGNORECASE)


def examine_mails(parts: Parts) -> Finding:
    """Whether any lesson, in any reading, loads something when it is opened, or has a link that counts."""
    claim, count, faults = "Mails hold no picture and no mark", 0, set[str]()
    facts = _facts(parts.rules.base_url)
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


def _facts(base: str) -> LessonFacts:
    day = date(2026, 1, 1)
    return LessonFacts(
        day, day, f"{base}/me/x", f"{base}/leave/x", f"{base}/me/x", f"{base}/support", f"{base}/c/x/l/01"
    )
