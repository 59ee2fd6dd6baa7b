"""Words that somebody sends in another place than the body of a mail: in a text file, or as the subject alone."""

import re

from dripcourse.inbound.mime.charset import safe
from dripcourse.inbound.mime.message import Message, Part, is_attachment
from dripcourse.inbound.reply.closings import device
from dripcourse.inbound.reply.extract import Cut
from dripcourse.inbound.reply.lines import split

_LARGEST_FILE = 100_000
_ANSWERS = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?\w{1,8}\s?(?:[\[(]\d{1,3}[\])])?\s?[:：]")
"""Re:, AW:, SV:, Re[2]: and the like: such a subject is ours."""


def words_elsewhere(message: Message, cut: Cut, evidence: tuple[str, ...]) -> tuple[Cut, tuple[str, ...]]:
    """Where the body holds no words: those of a file, else those of a new subject; and what there still is to say of the mail."""
    lines, rest = split(cut.text)
    if rest.strip() or not all(line.blank or device(line) for line in lines):
        return cut, evidence
    if any(each.startswith("cannot read") for each in evidence):
        return cut, evidence
    text = "\n\n".join(safe(part.string()).strip() for part in _files(message)).strip()
    if not text and not cut.hidden.strip() and not _ANSWERS.match(message.header("subject")):
        text = message.header("subject").strip()
    if not text:
        return cut, evidence
    hidden = "\n".join(each for each in (cut.hidden, cut.text) if each)
    return Cut(text, hidden), tuple(each for each in evidence if not each.startswith("no words"))


def _files(message: Message) -> list[Part]:
    """The small plain texts that came along, but those inside an embedded message."""
    found: list[Part] = []
    todo: list[Part] = [message]
    while todo:
        part = todo.pop()
        if part.kind.startswith("message/"):
            continue
        todo.extend(reversed(part.children))
        if part.kind == "text/plain" and is_attachment(part) and part.size <= _LARGEST_FILE:
            found.append(part)
    return found
