"""HTML as a person reads it: paragraphs, lists and tables as lines, what is hidden left out, quotation as `> ` lines.

A reply in HTML comes out as the same reply would in plain text, so that one reader of replies serves both. Never raises; linear in
the input, and no recursion: nesting is made shallow before the parser sees it.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dripcourse.inbound.mime.charset import safe
from dripcourse.inbound.mime.looks import is_hidden, is_quotation, opens_quotation

DEEPEST = 200
MOST_TAGS, _FEW = 30_000, 1_000
RULE = "_" * 32
"""What stands for a line across the page; Outlook writes the same in plain text."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = _names(
    "head title style script noscript template svg math object embed applet iframe frame frameset audio video canvas map select "
    "datalist meta link base xml"
)
_BLOCKS = _names(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul"
)
_SPACED = _names("p h1 h2 h3 h4 h5 h6 blockquote ul ol dl pre table figure")
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_CLOSED_BY_OTHERS = _names(
    "p li dt dd td th tr thead tbody tfoot option optgroup colgroup caption html head body rp rt"
)
_DROPPED = _names("a b big code em font i nobr s small strike strong tt u select option optgroup")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})[^>]*>?")
_LONG_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]{0,40})[\s/][^<>]{4000,}>?")
"""Nothing that is read has attributes so long: pictures within the page, or an attack."""
_NOT_READ = re.compile(r"<(?:style|script|title)\b[^<>]*>[^<]*", re.IGNORECASE)
_LINE_TAG = re.compile(r"<(?:br|/?(?:p|div|tr|li|h[1-6]|blockquote|table|pre))\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NO_MARGIN = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE)
_PREFORMATTED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)


def text_of_html(html: str) -> str:
    """The text of a page, with `\n` line ends and none at its own end. What was quoted begins with `> `, once a level."""
    html = _LONG_TAG.sub(r"<\1>", html.replace("\0", ""))
    count = html.count("<")
    if count > MOST_TAGS:
        return safe(_words_only(html))
    tree = LexborHTMLParser(_shallow(html) if count > _FEW else html)
    root = tree.body or tree.root
    page = _Page()
    if root is not None:
        _read(root, page)
    return safe(page.text())


def _words_only(html: str) -> str:
    """A page that no person made: its words, with lines where blocks end, and nothing known of quotation."""
    lines = _LINE_TAG.sub("\n", _SPACES.sub(" ", _NOT_READ.sub("", html)))
    return unescape(_ANY_TAG.sub("", lines)).replace("\xa0", " ").strip()


def _shallow(html: str) -> str:
    """The page without the tags that nest too deep, or that the parser looks through all open elements for: in a page of a hundred
    thousand open ones that takes minutes, and a page that people can read has a few dozen."""
    depth = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal depth
        name = found[2].lower()
        if name in _DROPPED:
            return ""
        if name in _VOID or name in _CLOSED_BY_OTHERS:
            return found[0]
        was, depth = depth, max(0, depth - 1) if found[1] else depth + 1
        return found[0] if max(was, depth) <= DEEPEST else " "

    return _TAG.sub(kept, html)


@dataclass(slots=True)
class _Page:
    """The lines so far, and the one that is being written."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quoted: int = 0
    kept_spaces: int = 0
    lists: list[int | None] = field(default_factory=list)
    gap: bool = False
    last_quoted: int = 0

    def write(self, text: str) -> None:
        """Running text: spaces collapse as in a browser, except where they are kept."""
        if self.kept_spaces:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._add(first)
            for other in others:
                self.end_line(always=True)
                self._add(other)
            return
        words = _SPACES.sub(" ", text)
        if words.startswith(" ") and (not self.line or self.line[-1].endswith(" ")):
            words = words[1:]
        self._add(words)

    def _add(self, text: str) -> None:
        if text:
            self.line.append(text)

    def end_line(self, *, always: bool = False) -> None:
        """A line ends here, if one was begun; `always` as `<br>` does."""
        if not (self.line or always):
            return
        text = "".join(self.line).replace("\xa0", " ").rstrip()
        self.line.clear()
        prefix = "> " * self.quoted
        if self.gap and self.lines and self.lines[-1].strip("> ") and text:
            self.lines.append(("> " * min(self.quoted, self.last_quoted)).rstrip())
        self.gap, self.last_quoted = False, self.quoted
        self.lines.append((prefix + text).rstrip())

    def text(self) -> str:
        """All of it."""
        self.end_line()
        return "\n".join(self.lines).strip("\n")


def _read(root: LexborNode, page: _Page) -> None:
    """Go through the tree in the order in which it is read. `todo` holds what is entered, and what has to be done on leaving it."""
    leave: list[tuple[LexborNode, tuple[int, int, bool]]] = []
    node: LexborNode | None = root
    while node is not None:
        inner = None
        if node.is_text_node:
            page.write(node.text_content or "")
        elif node.is_element_node and (marks := _enter(node, page)) is not None:
            inner = node.child
            if inner is not None:
                leave.append((node, marks))
            else:
                _leave(node, marks, page)
        following = inner
        while following is None:
            if leave and node.mem_id == leave[-1][0].mem_id:
                _leave(*leave.pop(), page)
            if node.mem_id == root.mem_id:
                return
            following = node.next
            if following is None:
                node = node.parent
                if node is None:
                    return
        node = following


def _enter(node: LexborNode, page: _Page) -> tuple[int, int, bool] | None:
    """Begin an element; None if nothing in it is read. What comes back is undone when it ends: quotation, kept spaces, a list."""
    tag = node.tag or ""
    if tag in _SKIPPED:
        return None
    attributes = node.attributes if tag not in ("br", "td", "th") else {}
    style = attributes.get("style") or ""
    if attributes and is_hidden(attributes):
        return None
    if tag == "br":
        page.end_line(always=True)
    elif tag == "img":
        page.write(_picture(attributes))
    elif tag in ("td", "th") and page.line:
        page.write(" ")
    elif tag in _BLOCKS:
        page.end_line()
        page.gap = page.gap or _has_margin(tag, attributes)
    if tag == "hr" or opens_quotation(tag, attributes):
        page.end_line()
        page.write(RULE)
        page.end_line()
    quoted = int(is_quotation(tag, attributes))
    keeps = int(tag in ("pre", "textarea", "listing", "plaintext") or bool(_PREFORMATTED.search(style)))
    page.quoted += quoted
    page.kept_spaces += keeps
    is_list = tag in ("ul", "ol")
    if is_list:
        page.lists.append(0 if tag == "ol" else None)
    elif tag == "li":
        page.write(_bullet(page))
    return quoted, keeps, is_list


def _leave(node: LexborNode, marks: tuple[int, int, bool], page: _Page) -> None:
    quoted, keeps, is_list = marks
    tag = node.tag or ""
    if tag in _BLOCKS or quoted:
        page.end_line()
        page.gap = page.gap or (tag in _SPACED and _has_margin(tag, node.attributes))
    page.quoted -= quoted
    page.kept_spaces -= keeps
    if is_list:
        page.lists.pop()


def _bullet(page: _Page) -> str:
    if not page.lists or page.lists[-1] is None:
        return "* "
    page.lists[-1] += 1
    return f"{page.lists[-1]}. "


def _has_margin(tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether an empty line is seen before and after it. Outlook's paragraphs have none, whatever the tag says."""
    if tag not in _SPACED or tag == "table":
        return False
    return not ((attributes.get("class") or "").startswith("Mso") or _NO_MARGIN.search(attributes.get("style") or ""))


def _picture(attributes: dict[str, str | None]) -> str:
    """An emoji that a mail program sent as a picture; other pictures say nothing."""
    shown = attributes.get("data-emoji") or attributes.get("alt") or ""
    return shown if len(shown) <= 8 and not any(char.isascii() for char in shown) else ""
