"""Reading an author's files so that every key keeps the line it stands on, and every fault of reading has a sentence."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dripcourse.domain.errors import Fault

MAX_BYTES = 1_000_000
KeyPath = tuple[str | int, ...]

_FENCE = re.compile(r"-{3,}[ \t]*")
_LINE_ENDS = re.compile(r"\r\n?")
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Fields:
    """What a file says under its keys, and the line of each."""

    file: str
    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest thing around it; 1 where the file does not have it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


def read_text(path: Path, faults: list[Fault]) -> str | None:
    """The text of a file with plain line ends, or None and a fault."""
    try:
        if path.stat().st_size > MAX_BYTES:
            faults.append(Fault(str(path), 0, "is over 1 MB; is this the right file?"))
            return None
        raw = path.read_bytes()
    except OSError as error:
        faults.append(Fault(str(path), 0, f"cannot be read ({error.strerror}); look at its kind and its permissions"))
        return None
    try:
        return _LINE_ENDS.sub("\n", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.append(Fault(str(path), line, "is not UTF-8 text; save the file as UTF-8"))
        return None


def split_front_matter(file: str, text: str, faults: list[Fault]) -> tuple[str, str, int] | None:
    """Front matter, body, and the line on which the body begins."""
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        says = "must begin with a line of three dashes, then `subject: ...`, then three dashes again"
        faults.append(Fault(file, 1, says))
        return None
    for number, line in enumerate(lines[1:], 1):
        if _FENCE.fullmatch(line):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    faults.append(Fault(file, 1, "the front matter is never closed: put a line of three dashes after it"))
    return None


def read_yaml(file: str, text: str, first_line: int, faults: list[Fault]) -> Fields | None:
    """Front matter as texts: a key's value is a text, or texts by key; anything deeper becomes [], which no key accepts."""
    try:
        # BaseLoader leaves every value as it is written: `subject: 3` and `subject: yes` are texts here, as authors expect.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        faults.append(_yaml_fault(file, error, first_line))
        return None
    if root is None:
        return Fields(file, {})
    if not isinstance(root, yaml.MappingNode):
        faults.append(Fault(file, first_line, "the front matter must be lines of `key: words`"))
        return None
    lines: dict[KeyPath, int] = {}
    return Fields(file, _mapping(file, root, (), first_line, lines, faults), lines)


def _yaml_fault(file: str, error: yaml.YAMLError | RecursionError, first_line: int) -> Fault:
    mark = getattr(error, "problem_mark", None)
    line = first_line + (mark.line if mark else 0)
    problem = getattr(error, "problem", None) or "it holds characters that have no place in a text"
    if "mapping values" in problem:
        problem = "a colon inside the words; put the words between quotes"
    return Fault(file, line, f"the front matter is not YAML: {problem}")


def _mapping(
    file: str, node: yaml.MappingNode, path: KeyPath, first: int, lines: dict[KeyPath, int], faults: list[Fault]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        line = first + key_node.start_mark.line
        if key in found:
            faults.append(Fault(file, line, f"`{key}` is written twice"))
        here = (*path, key)
        lines[here] = line
        if isinstance(value, yaml.ScalarNode):
            found[key] = _whole(value.value)
            # where the words themselves begin: a block (`|`) starts on the line after
            lines[(*here, TEXT)] = first + value.start_mark.line + (value.style in ("|", ">"))
        elif isinstance(value, yaml.MappingNode) and not path:
            found[key] = _mapping(file, value, here, first, lines, faults)
        else:
            found[key] = []
    return found


def _whole(text: str) -> str:
    """YAML leaves a character that was written as two escapes (JSON does that) as two halves; a half alone becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


TEXT = 0
"""Appended to a key's path: the line on which its words begin."""


def read_toml(file: str, text: str, faults: list[Fault]) -> Fields | None:
    """A TOML file with the line of each key."""
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else len(text.rstrip("\n").split("\n"))
        says = _TOML_PLACE.sub("", str(error))
        faults.append(Fault(file, line, f"is not TOML: {says[:1].lower()}{says[1:]}"))
        return None
    return Fields(file, values, _toml_lines(text))


def _toml_lines(text: str) -> dict[KeyPath, int]:
    """The standard library's reader gives no places, so the lines of tables and keys are found by their look."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    quote: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if quote:
            quote = None if quote in line else quote
        elif header := _TABLE.match(line):
            table = _table(header[2], header[1] == "[[", counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
            quote = next((q for q in ('"""', "'''") if line.count(q) % 2), None)
    return lines


def _table(name: str, is_list: bool, counts: dict[KeyPath, int]) -> KeyPath:
    path: KeyPath = ()
    parts = _parts(name)
    for place, part in enumerate(parts, 1):
        path = (*path, part)
        if is_list and place == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
