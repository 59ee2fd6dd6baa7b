"""Makes each mail once, when the library is loaded: what is left for a reader is filling in dates and links."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from babel import Locale
from css_inline import CSSInliner

from dripcourse.content.library import SIGNATURE, Sheet, Table, Words
from dripcourse.content.markdown import NOTHING, Fragment, fragment
from dripcourse.content.passages import cut, reading
from dripcourse.content.placeholders import Shield
from dripcourse.content.plain import WIDTH, wrap
from dripcourse.content.sources import read_text
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.errors import Fault

_UNSEEN = "\u034f\u200c\u00a0" * 40  # keeps the lesson's first words out of the preview that a locked screen shows

# "3 of 7.", "Vor 1 von 7": a first paragraph that tells the place stands above the title.
_PLACE = re.compile(r"\s*([^\d\n#>*]{0,20}\d{1,3}[^\d\n]{1,16}\d{1,3}\.?)[ \t]*(?:\n[ \t]*\n|\n*\Z)")
_WORD = re.compile(r"\{\{ words\.(\w+) \}\}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The files round a mail's own words: templates/emails/_layout and templates/emails/system."""

    frame: str
    above: str
    below: str
    foot: str
    system_foot: str
    system: Mapping[str, str]
    """The engine's own mails by name."""


def read_layout(emails: Path, faults: list[Fault]) -> Layout | None:
    """The layout in a folder of mails, or None and a fault for each file that cannot be read."""
    before = len(faults)
    own = sorted(path for path in (emails / "system").glob("*.md") if not path.name.startswith("_"))
    files = [emails / "_layout" / name for name in ("frame.html", "above.md", "below.md", "foot.md")]
    texts = [read_text(path, faults) or "" for path in (*files, emails / "system" / "_foot.md", *own)]
    if len(faults) > before:
        return None
    frame, above, below, foot, system_foot, *mails = texts
    return Layout(
        frame, above, below, foot, system_foot, {path.stem: mail for path, mail in zip(own, mails, strict=True)}
    )


@dataclass(frozen=True, slots=True)
class _Mail:
    """The parts of one mail, tags hidden."""

    subject: str
    preview: str
    place: str
    title: str
    body: Fragment
    question: Fragment
    above: Fragment
    below: Fragment
    foot: Fragment


class Press:
    """Presses sheets from a layout and words."""

    def __init__(self, layout: Layout, words: Words) -> None:
        self._layout = layout
        self._words = words
        self._inliner = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)

    def lesson(self, course: Course, lesson: Lesson, who: str) -> Sheet:
        """The sheet of one reading of a lesson."""
        words = self._words.of(course.language)["mail"]
        passages, _ = cut(lesson.body, file=lesson.file, line=lesson.body_line, keys=None)
        stretches = [(heading, each.text) for heading, each in reading(passages, who, course.headings)]
        prompt = lesson.prompts.get(who, "")
        shield = self._shield(lesson.title, lesson.subject, lesson.preview, lesson.body, prompt, words)
        place, stretches = _place(stretches)
        if not place and lesson.number:
            numbers = {"number": str(lesson.number), "total": str(course.lessons[-1].number)}
            place = shield.hide(words["place"], numbers)
        question = NOTHING
        if prompt:
            question = fragment([(words["question"], shield.hide(prompt))], shield)
        mail = _Mail(
            subject=shield.literal(lesson.subject),
            preview=shield.literal(lesson.preview or words["preview"]),
            place=shield.literal(place),
            title=shield.literal(lesson.title),
            body=fragment([(heading, shield.hide(text)) for heading, text in stretches], shield),
            question=question,
            above=self._part(self._layout.above, words, shield),
            below=self._part(self._layout.below, words, shield),
            foot=self._part(self._layout.foot, words, shield),
        )
        return self._sheet(mail, course.language, shield)

    def system(self, name: str, language: str) -> Sheet:
        """The sheet of one of the engine's own mails; its words stand in the language's file under [mail.NAME]."""
        every = self._words.of(language)["mail"]
        words = {"opening": every["opening"], "constant": every["constant"], **every[name]}
        shield = self._shield(words)
        mail = _Mail(
            subject=shield.hide(words["subject"]),
            preview=shield.hide(words["preview"]),
            place="",
            title=shield.hide(words["title"]),
            body=self._part(self._layout.system[name], words, shield),
            question=NOTHING,
            above=NOTHING,
            below=NOTHING,
            foot=self._part(self._layout.system_foot, words, shield),
        )
        return self._sheet(mail, language, shield)

    def _shield(self, *texts: object) -> Shield:
        return Shield(repr(texts), repr(self._layout))

    def _part(self, source: str, words: Table, shield: Shield) -> Fragment:
        said = _WORD.sub(lambda found: str(words[found[1]]), source)
        return fragment([(None, shield.hide(said))], shield)

    def _sheet(self, mail: _Mail, language: str, shield: Shield) -> Sheet:
        place = f'<p class="place">{escape(mail.place)}</p>\n' if mail.place else ""
        question = f'<div class="question">\n{mail.question.html}</div>\n' if mail.question.html else ""
        frame = shield.hide(
            self._layout.frame,
            {
                "language": escape(language),
                "direction": Locale.parse(language, sep="-").text_direction,
                "words_language": self._words.language(language),
                "subject": escape(mail.subject),
                "preview": escape(mail.preview) + _UNSEEN,
                "above": mail.above.html,
                "place": place,
                "title": escape(mail.title),
                "body": mail.body.html,
                "question": question,
                "below": mail.below.html,
                "foot": mail.foot.html,
            },
        )
        said = _lines(mail.title, shield) + mail.body.text + ("\n" if mail.question.text else "") + mail.question.text
        top = _lines(mail.preview, shield) + mail.above.text + _lines(mail.place, shield)
        below = "\n" + mail.below.text if mail.below.text else ""
        return Sheet(
            subject=shield.reveal(mail.subject, html=False),
            html=shield.reveal(self._inliner.inline(frame), html=True),
            text=shield.reveal(top + said + below + SIGNATURE + mail.foot.text, html=False),
            said=shield.reveal(said, html=False),
            page=shield.reveal(place + mail.body.html + question, html=True),
        )


def _place(stretches: list[tuple[str | None, str]]) -> tuple[str, list[tuple[str | None, str]]]:
    """The place marker that the author wrote, taken from the top of the lesson."""
    if not stretches or stretches[0][0] is not None or not (found := _PLACE.match(stretches[0][1])):
        return "", stretches
    return found[1], [(None, stretches[0][1][found.end() :]), *stretches[1:]]


def _lines(text: str, shield: Shield) -> str:
    return "\n".join(wrap(text, WIDTH, shield)) + "\n\n" if text else ""
