"""The links in a mail. Those that lead to the product's own pages open in the demo's picture of the reader's browser."""

import re
from collections.abc import Callable
from html import unescape

from markupsafe import Markup, escape

Open = Callable[[str], str]
"""From a local path to the address of the demo page that shows it."""

_HREF = re.compile(r'(<a\b[^>]*?\s)href="([^"]*)"', re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


def in_html(html: str, base_url: str, open_page: Open) -> str:
    """The HTML of a mail with its own links led into the demo; all others open in a new tab."""

    def lead(found: re.Match[str]) -> str:
        url = unescape(found[2])
        path = _own_path(url, base_url)
        if path is None:
            return found[0]
        return f'{found[1]}target="_top" href="{escape(open_page(path))}"'

    return _HEAD.sub(lambda head: head[0] + '<base target="_blank">', _HREF.sub(lead, html), count=1)


def in_text(text: str, base_url: str, open_page: Open) -> Markup:
    """Plain text with its web addresses made links, as mail programs do."""
    out, end = Markup(), 0
    for found in _URL.finditer(text):
        path = _own_path(found[0], base_url)
        href = found[0] if path is None else open_page(path)
        rest = Markup(' target="_blank" rel="noopener"') if path is None else ""
        out += escape(text[end : found.start()]) + Markup('<a href="{}"{}>{}</a>').format(href, rest, found[0])
        end = found.end()
    return out + escape(text[end:])


def _own_path(url: str, base_url: str) -> str | None:
    return url.removeprefix(base_url) if url.startswith(base_url + "/") else None
