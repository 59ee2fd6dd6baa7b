"""Plain text from Markdown's tokens: what a person would have typed.

Lines are wrapped at 72. Mail programs wrap what they send at 76 to 78 columns, and each "> " of a quotation takes two: so a quoted
line of ours stays one line, and a reply can be laid beside the text it answers. Telephones show the HTML part anyway.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from markdown_it.token import Token

WIDTH = 72
_NARROWEST = 24
_SPACES = re.compile(r"[ \t\n]+")  # not \s: a no-break space is there to hold its words together


class Ruler(Protocol):
    """Knows how wide a text is once it is filled in, and which texts take no place at all."""

    def width(self, text: str) -> int:
        """The number of columns."""
        ...

    def only_tags(self, text: str) -> bool:
        """Whether the text vanishes when it is filled in."""
        ...


def plain_text(tokens: Iterable[Token], ruler: Ruler) -> str:
    """The tokens as blocks of wrapped lines, each followed by a blank line."""
    writer = _Writer(ruler)
    for token in tokens:
        writer.take(token)
    return "".join(writer.out)


def inline_text(tokens: Sequence[Token], *, emphasis: bool = True) -> str:
    """The words inside a block. Emphasis stays as *stars*: it may carry the sense. A link shows where it goes, in < >
    (RFC 3986 appendix C): within ( ) mail programs take the closing parenthesis into the link."""
    out: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append("\n")
            case "em_open" | "em_close" | "strong_open" | "strong_close":
                out.append("*" if emphasis else "")
            case "link_open":
                opened.append((len(out), str(token.attrGet("href") or "")))
            case "link_close":
                start, target = opened.pop()
                shown = target.removeprefix("mailto:").removeprefix("tel:")
                if shown and "".join(out[start:]) not in (target, shown):
                    out.append(f" <{shown}>" if shown == target else f" ({shown})")
            case _:
                out.append(token.content)
    return "".join(out)


def wrap(text: str, width: int, ruler: Ruler) -> list[str]:
    """Lines of at most `width` columns; a word that is longer stands alone, unbroken, so that links stay links."""
    lines: list[str] = []
    for written in text.split("\n"):
        line, used = "", 0
        for word in _SPACES.split(written.strip(" \t")):
            wide = ruler.width(word)
            if line and used + 1 + wide > width:
                lines.append(line)
                line, used = word, wide
            else:
                line, used = (f"{line} {word}", used + 1 + wide) if line else (word, wide)
        lines.append(line)
    return lines


class _Writer:
    """Takes block tokens one by one; no recursion, so that no nesting is too deep."""

    def __init__(self, ruler: Ruler) -> None:
        self.out: list[str] = []
        self._ruler = ruler
        self._indents: list[str] = []
        self._bullets = ""  # written before the next line, within the indentation
        self._lists = 0
        self._heading = self._below_heading = False
        self._tight = False

    def take(self, token: Token) -> None:
        """Write what a token holds, or note what it opens."""
        match token.type:
            case "inline":
                self._words(inline_text(token.children or []))
            case "paragraph_open":
                self._tight = token.hidden
            case "heading_open":
                self._heading, self._tight = True, False
            case "fence" | "code_block":
                self._block([f"    {line}".rstrip() for line in token.content.rstrip("\n").split("\n")])
            case "hr":
                self._block(["* * *"])
            case "text":  # a tag that is no paragraph: it leaves no blank line behind when it is gone
                self.out.append(token.content.strip())
            case _:
                self._nest(token)

    def _nest(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._lists += 1
            case "bullet_list_close" | "ordered_list_close":
                self._lists -= 1
                if not self._lists and self.out and not self.out[-1].endswith("\n\n"):
                    self.out.append("\n")
            case "list_item_open":
                bullet = f"{token.info}. " if token.info else "- "
                self._bullets += bullet
                self._indents.append(" " * len(bullet))
            case "blockquote_open":
                self._indents.append("    ")  # "> " would read as somebody's quotation
            case "list_item_close" | "blockquote_close":
                indent = self._indents.pop()
                if token.type == "list_item_close" and self._bullets:  # an item without words
                    self._bullets = self._bullets[: -len(indent)]

    def _words(self, text: str) -> None:
        width = max(WIDTH - sum(map(len, self._indents)), _NARROWEST)
        lines = wrap(text, width, self._ruler)
        if self._heading and self.out and not self._below_heading:
            self.out.append("\n")  # a heading is set off by one more line
        self._block(lines, end="\n" if self._tight else "\n\n")
        self._below_heading, self._heading, self._tight = self._heading, False, False

    def _block(self, lines: list[str], end: str = "\n\n") -> None:
        indent = "".join(self._indents)
        first = indent[: len(indent) - len(self._bullets)] + self._bullets
        self._bullets = ""
        written = [f"{first if place == 0 else indent}{line}".rstrip(" ") for place, line in enumerate(lines)]
        self.out.append("\n".join(written) + end)
