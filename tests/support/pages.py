"""What a page and a mail hold that can be followed or pressed, as a program sees it that knows nothing of ours."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser

_URL = re.compile(r"https?://[^\s<>\"']+")


@dataclass
class Form:
    """A form: where it goes, and each field's name with the values that it offers."""

    action: str
    post: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reading(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._path, self._form, self._select, self._text = path, None, "", ""
        self._form: Form | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.links += [said[name] for name in ("href", "src") if said.get(name)]
        if tag == "form":
            self._form = Form(said.get("action") or self._path, said.get("method", "get").lower() == "post")
            self.forms.append(self._form)
        elif self._form and tag in ("input", "button", "select", "textarea"):
            self._note(self._form, tag, said)
        elif self._form and tag == "option" and self._select:
            self._form.fields.append((self._select, said.get("value", "")))

    def _note(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "button":
            form.buttons.append((name, said.get("value", "")))
        elif name:
            form.fields.append((name, said.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def read_page(html: str, path: str) -> tuple[list[str], list[Form]]:
    """The links and the forms of a page that was found at `path`."""
    reading = _Reading(path)
    reading.feed(html)
    return reading.links, reading.forms


def links_of(mail: EmailMessage) -> list[str]:
    """Every web address in a mail: in its text, its HTML and its headers, each once."""
    found = [url for value in mail.values() for url in _URL.findall(str(value))]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            found += [unescape(url) for url in _URL.findall(part.get_content())]
    return list(dict.fromkeys(url.rstrip(".,;)") for url in found))
