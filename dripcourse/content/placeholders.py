"""How Jinja tags get through Markdown and CSS inlining unharmed."""

import re
from collections.abc import Mapping

from dripcourse.content.jinja import READER


def _name(tag: str) -> str:
    return tag.strip("{}- \n\t")


class Shield:
    """Puts plain words in the place of Jinja tags, so that they come through Markdown and CSS inlining, and puts the tags back.

    The stand-ins are small letters and digits: nothing escapes, encodes, splits or capitalises those.
    """

    def __init__(self, *texts: str) -> None:
        everything = "\n".join(texts).lower()
        mark = "zq"
        while mark in everything:
            mark += "q"
        self._mark = mark
        self._codes: list[str] = []
        self._stand_in = re.compile(rf"{mark}([vsb])(\d+)z")
        self._alone = re.compile(rf"^[ \t]*((?:{mark}s\d+z[ \t]*)+)$", re.MULTILINE)
        self._brace = self._hidden("b", "{")

    def _hidden(self, kind: str, code: str) -> str:
        self._codes.append(code)
        return f"{self._mark}{kind}{len(self._codes) - 1}z"

    def hide(self, source: str, fill: Mapping[str, str] | None = None) -> str:
        """The text with stand-ins. A `{{ name }}` whose name is in `fill` is replaced by that text at once."""
        fill = fill or {}
        out: list[str] = []
        code: list[str] = []
        for _, kind, value in READER.lex(source):
            if kind in ("variable_begin", "block_begin", "comment_begin"):
                code = [value]
            elif kind in ("variable_end", "block_end", "comment_end"):
                tag = "".join([*code, value])
                name = _name(tag)
                code = []
                if kind == "variable_end" and name in fill:
                    out.append(fill[name])
                elif kind != "comment_end":
                    out.append(self._hidden("v" if kind == "variable_end" else "s", tag))
            elif code:
                code.append(value)
            elif kind not in ("raw_begin", "raw_end"):
                out.append(value)
        return self._alone.sub(r"\n\1\n", "".join(out))  # a tag on its own line is a block of its own

    def literal(self, text: str) -> str:
        """Text that is nobody's Jinja: its braces stay braces."""
        return text.replace("{", self._brace)

    def reveal(self, text: str, *, html: bool) -> str:
        """The Jinja source: every stand-in gives way to its tag."""
        brace = "&#123;" if html else "{{ '{' }}"
        return self._stand_in.sub(lambda found: brace if found[1] == "b" else self._codes[int(found[2])], text)

    def only_tags(self, text: str) -> bool:
        """Whether there is nothing in it but `{% ... %}`."""
        return self._alone.fullmatch(text) is not None

    def names(self, text: str) -> list[str]:
        """The insides of the `{{ ... }}` in a text, in order."""
        return [_name(self._codes[int(number)]) for kind, number in self._stand_in.findall(text) if kind == "v"]

    def width(self, text: str) -> int:
        """How wide a text will be: dates have a usual length, and a link is given a line to itself."""
        return len(self._stand_in.sub(self._usual, text))

    def _usual(self, found: re.Match[str]) -> str:
        if found[1] != "v":
            return "{" if found[1] == "b" else ""
        return "-" * 200 if "_url" in self._codes[int(found[2])] else "Thursday, 26 November"
