"""One lesson from its file: everything an author can get wrong in it is a fault with its line."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from dripcourse.content.jinja import faults_in
from dripcourse.content.markdown import parse, title_of
from dripcourse.content.passages import cut
from dripcourse.content.placeholders import Shield
from dripcourse.content.schema import LessonFile, check, one_line
from dripcourse.content.sources import TEXT, Fields, read_text, read_yaml, split_front_matter
from dripcourse.content.suggestion import suggestion
from dripcourse.domain.course import UNSAID, Lesson
from dripcourse.domain.errors import Fault

_FILE_NAME = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PICTURE = re.compile(r"!\[")
_LINK_WITH_JINJA = re.compile(r"(?:\]\(|\]:|<\w+:).*\{\{")
_LINKS = ("support_url", "clean_copy_url")
_EVERYBODY = ""


def is_lesson(name: str) -> bool:
    """Whether a file of that name is meant as a lesson; names that begin with _ or . are the author's own business."""
    own_business = name.startswith(("_", ".")) or name.endswith("~")
    return not own_business and (name.lower().endswith(".md") or name[:1].isdigit())


def read_lesson(path: Path, keys: Collection[str] | None, faults: list[Fault]) -> Lesson | None:
    """The lesson in a file, or None and its faults. `keys`: the course's perspectives, None if course.toml could not be read."""
    file, before = str(path), len(faults)
    name = _FILE_NAME.fullmatch(path.name)
    if name is None:
        says = "is not named like a lesson, such as 03-rest.md: two digits, then small letters, digits and hyphens"
        faults.append(Fault(file, 0, f"{says} (begin the name with _ if it is not one)"))
    text = read_text(path, faults)
    parts = split_front_matter(file, text, faults) if text is not None else None
    fields = read_yaml(file, parts[0], 2, faults) if parts else None
    if parts is None or fields is None:
        return None
    front = check(LessonFile, _prompt_by_reading(fields), faults)
    title, body, line = _title(file, front.title if front else None, parts[1], parts[2], faults)
    faults += _body_faults(file, body, line, keys)
    prompts = _prompts(fields, front.prompt or {}, keys, faults) if front else {}
    if front is None or name is None or len(faults) > before:
        return None
    return Lesson(
        slug=name[2],
        number=int(name[1]),
        title=title or front.subject,
        subject=front.subject,
        subject_plain=front.subject_plain or front.subject,
        preview=front.preview or "",
        body=body,
        prompts=prompts,
        file=file,
        body_line=line,
    )


def _prompt_by_reading(fields: Fields) -> Fields:
    values: dict[str, Any] = dict(fields.values)
    if isinstance(values.get("prompt"), str):
        values["prompt"] = {_EVERYBODY: values["prompt"]}
    return Fields(fields.file, values, fields.lines)


def _title(file: str, title: str | None, body: str, line: int, faults: list[Fault]) -> tuple[str | None, str, int]:
    """A first-level heading at the very top is the title, if there is no other; the title is not said twice."""
    top = title_of(body)
    if top is None or (title is not None and title != top[0]):
        return title, body, line
    words, taken = top
    try:
        title = one_line(words)
    except ValueError as error:
        faults.append(Fault(file, line, f"the heading is the lesson's title, but it {error}"))
    return title, "\n".join(body.split("\n")[taken:]), line + taken


def _body_faults(file: str, body: str, line: int, keys: Collection[str] | None) -> Iterator[Fault]:
    passages, found = cut(body, file=file, line=line, keys=keys)
    yield from found
    if not passages:
        yield Fault(file, line, "has no words below its front matter")
    for each in passages:
        yield from _words_faults(file, each.text, each.line)


def _words_faults(file: str, text: str, line: int) -> list[Fault]:
    """What is wrong in a stretch of an author's Markdown."""
    if unprintable := _UNPRINTABLE.search(text):
        says = f"a character that does not print (U+{ord(unprintable[0]):04X}); delete it"
        return _at(_UNPRINTABLE, file, text, line, says)
    if found := faults_in(text, file=file, line=line):
        return found
    shield = Shield(text)
    pictures = strange = False
    for token in parse(shield.hide(text)):
        for child in token.children or []:
            pictures |= child.type == "image"
            names = shield.names(str(child.attrGet("href") or "")) if child.type == "link_open" else []
            strange |= bool(names) and not (len(names) == 1 and names[0] in _LINKS)
    if pictures:
        found += _at(_PICTURE, file, text, line, "a mail carries no pictures: say it in words, or link to a page")
    if strange:
        says = "a link goes to {{ support_url }}, to {{ clean_copy_url }} or to an address that is written out"
        found += _at(_LINK_WITH_JINJA, file, text, line, says)
    return found


def _at(sign: re.Pattern[str], file: str, text: str, line: int, says: str) -> list[Fault]:
    """A fault at every line that shows the sign; at the first if none does (something stands across lines)."""
    lines = [number for number, words in enumerate(text.split("\n"), line) if sign.search(words)]
    return [Fault(file, number, says) for number in lines or [line]]


def _prompts(
    fields: Fields, given: Mapping[str, str], keys: Collection[str] | None, faults: list[Fault]
) -> dict[str, str]:
    """A prompt for every reading, or none at all."""
    file = fields.file
    for key, text in given.items():
        place = ("prompt", key) if key != _EVERYBODY else ("prompt",)
        if not text.strip():
            faults.append(Fault(file, fields.line(place), f"`{place[-1]}` is empty"))
        faults += _words_faults(file, text, fields.line((*place, TEXT)))
        if key and keys is not None and key not in (*keys, UNSAID):
            says = f"`{key}` is no perspective of this course; {suggestion(key, (*keys, UNSAID))}"
            faults.append(Fault(file, fields.line(place), says))
    readings = (*(keys or ()), UNSAID)
    if not given or _EVERYBODY in given:
        return {each: given[_EVERYBODY] for each in readings if given}
    missing = [each for each in readings if each not in given and keys is not None]
    for each in missing:
        faults.append(Fault(file, fields.line(("prompt",)), f"`prompt` has no words for `{each}`"))
    return {each: given[each] for each in readings if each in given}
