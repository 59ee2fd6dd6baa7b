"""The documents, taken apart: their code blocks, the commands and the settings they show, their links."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.rooms import ROOT

_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=ticks)[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`(?P<not_yet> \(not yet\))?")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_INDENTED = re.compile(r"^(?: {4}|\t)\S")
_PROGRAM = re.compile(r"(?:^|/)dripcourse$")
_ENDS = {"|", "||", "&&", ";", "&", ">", ">>", "<", "<<", "2>", "#", "(", ")"}


@dataclass(frozen=True)
class Block:
    """A fenced stretch: `kind` is the first word after the fence, `note` the others."""

    kind: str
    note: str
    body: str


@dataclass(frozen=True)
class Shown:
    """A command as a document shows it: its words after `dripcourse`."""

    where: str
    words: tuple[str, ...]
    not_yet: bool = False


def documents() -> list[Path]:
    """Everything that is written for people to read."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a document, in order."""
    found = []
    for match in _FENCE.finditer(text):
        kind, _, note = match["info"].strip().partition(" ")
        found.append(Block(kind, note.strip(), match["body"]))
    return found


def prose(text: str) -> str:
    """A document without its fenced blocks."""
    return _FENCE.sub("", text)


def commands(path: Path) -> Iterator[Shown]:
    """Every command of ours in a document, in a block or in the middle of a sentence."""
    text, where = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
    code = [
        line for block in blocks(text) if block.kind in ("sh", "ini", "console") for line in block.body.splitlines()
    ]
    code += [line.strip() for line in prose(text).splitlines() if _INDENTED.match(line)]
    for line in code:
        for words in _calls(line):
            yield Shown(where, words)
    for match in _INLINE.finditer(prose(text)):
        for words in _calls(match[1]):
            yield Shown(where, words, bool(match["not_yet"]))


def _calls(line: str) -> Iterator[tuple[str, ...]]:
    if "dripcourse" not in line:
        return
    lexer = shlex.shlex(
        line.replace("$(", "( ").removeprefix("$ ").replace("ExecStart=", " "), posix=True, punctuation_chars=True
    )
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return  # a stretch of prose with an apostrophe
    for place, word in enumerate(words):
        if _PROGRAM.search(word) and all(_goes_before(before) for before in words[:place][_start(words[:place]) :]):
            rest = words[place + 1 :]
            end = next((n for n, each in enumerate(rest) if each in _ENDS), len(rest))
            yield tuple(rest[:end])


def _start(before: list[str]) -> int:
    """Where the command that these words belong to begins."""
    return max((place + 1 for place, word in enumerate(before) if word in _ENDS), default=0)


def _goes_before(word: str) -> bool:
    """Settings before a command, as in `PORT=80 dripcourse run`."""
    return re.match(r"[A-Z_]+=", word) is not None or word in ("sudo", "exec")


def links(path: Path) -> Iterator[str]:
    """Every link of a document."""
    yield from _LINK.findall(prose(path.read_text(encoding="utf-8")))


def anchors(path: Path) -> set[str]:
    """The names by which a document's headings are linked to."""
    headings = re.findall(r"^#{1,6} (.+)$", prose(path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
