"""Markdown to a fragment of a mail, as HTML and as plain text, both from the same tokens."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from dripcourse.content.placeholders import Shield
from dripcourse.content.plain import inline_text, plain_text

_PARSER = MarkdownIt("commonmark", {"html": False})
"""Raw HTML comes out as the text it is; javascript: and its like make no links."""
TOP = 2
"""The highest heading inside a mail: the one above it is the mail's title."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """The same words twice, with stand-ins where Jinja goes. `text` ends with a blank line, unless it is empty."""

    html: str
    text: str


NOTHING = Fragment("", "")


def parse(source: str, references: dict[str, Any] | None = None) -> list[Token]:
    """The tokens of a Markdown text; link definitions are kept in `references` for the texts that follow."""
    return _PARSER.parse(source, references if references is not None else {})


def fragment(stretches: Sequence[tuple[str | None, str]], shield: Shield) -> Fragment:
    """Stretches of Markdown (tags hidden), each with the heading it gets or None, as one fragment."""
    references: dict[str, Any] = {}
    if (
        len(stretches) > 1
    ):  # each is parsed alone so that none runs into the next, but a link may be defined in any of them
        parse("\n\n".join(text for _, text in stretches), references)
    tokens: list[Token] = []
    for heading, text in stretches:
        if heading is not None:
            tokens += _heading(heading, _beside(tokens))
        tokens += parse(text, references)
    tokens = list(_without_tag_paragraphs(list(_below_title(tokens)), shield))
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, references))
    return Fragment(shield.literal(html), shield.literal(plain_text(tokens, shield)))


def title_of(body: str) -> tuple[str, int] | None:
    """If a body begins with a first-level heading: its words, and how many lines it takes."""
    tokens = parse(body)
    if not tokens or tokens[0].tag != "h1" or tokens[0].map is None:
        return None
    return inline_text(tokens[1].children or [], emphasis=False), tokens[0].map[1]


def _heading(words: str, level: int) -> list[Token]:
    text = Token("text", "", 0, content=words)
    tag = f"h{level}"
    return [
        Token("heading_open", tag, 1, block=True),
        Token("inline", "", 0, content=words, children=[text], block=True),
        Token("heading_close", tag, -1, block=True),
    ]


def _beside(tokens: Iterable[Token]) -> int:
    """The level of a group's headings: 3, below a section's heading; 2 where there is none, so that no level is skipped."""
    return 3 if any(token.type == "heading_open" for token in tokens) else TOP


def _below_title(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.tag == "h1":
            token.tag = f"h{TOP}"
        yield token


def _without_tag_paragraphs(tokens: Sequence[Token], shield: Shield) -> Iterator[Token]:
    """A paragraph of nothing but `{% if %}` is no paragraph: left in, it would be an empty one in every mail."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "paragraph_open" and shield.only_tags(tokens[place + 1].content):
            yield Token("text", "", 0, content=tokens[place + 1].content)
            place += 3
        else:
            yield token
            place += 1
