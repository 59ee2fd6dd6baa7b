"""The words of a message as its reader saw them: which parts are shown, in which order, and each as text. Pure; never raises."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dripcourse.inbound.mime.charset import safe
from dripcourse.inbound.mime.flowed import unflowed, without_armour
from dripcourse.inbound.mime.markup import text_of_html
from dripcourse.inbound.mime.message import LONGEST_TEXT, Message, Part, is_attachment
from dripcourse.inbound.mime.transfer import without_uuencoded

_NOT_FOR_PEOPLE = frozenset(
    {
        "text/rfc822-headers", "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/css", "text/rtf",
        "text/x-amp-html", "text/watch-html", "text/xml", "text/javascript", "text/x-moz-deleted",
    }
)  # fmt: skip
_SHORT = 500
_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----$.*?(?:^-----END PGP MESSAGE-----$|\Z)", re.MULTILINE | re.DOTALL)
_ENRICHED = re.compile(r"<(/?[A-Za-z-]{1,60})>")


@dataclass(frozen=True, slots=True)
class Body:
    """What a person sees, and what there is to say of it (such as `cannot read: encrypted`)."""

    text: str
    evidence: tuple[str, ...] = ()


def body_of(message: Message) -> Body:
    """The text of a message: of alternatives the plain one unless it is empty or only says that there is HTML; of a mixture all
    that is text and no attachment; of embedded messages nothing."""
    reading = _Reading(message)
    parts = reading.shown() or reading.named()
    text = "\n".join(text for part in parts if (text := reading.text(part)).strip())
    return Body(text.strip("\n"), reading.evidence(text))


class _Reading:
    def __init__(self, message: Message) -> None:
        self.message = message
        self.texts: dict[int, str] = {}
        self.notes: dict[str, None] = {}
        """In the order in which they came up, each once."""

    def shown(self) -> list[Part]:
        """The parts that are shown. From the last to the first, so that what a part holds is known before the part is met."""
        shown: dict[int, list[Part]] = {}
        for part in reversed(list(self.message.walk())):
            inner = [shown.pop(id(child)) for child in part.children]
            if part.kind.startswith("message/"):
                shown[id(part)] = []
            elif part.kind == "multipart/alternative":
                shown[id(part)] = self._chosen([each for each in inner if each])
            elif part.children:
                shown[id(part)] = [each for some in inner for each in some]
            else:
                shown[id(part)] = [part] if _is_readable(part) and not is_attachment(part) else []
        return shown[id(self.message)]

    def named(self) -> list[Part]:
        """Where nothing else is to be read: text that has a file's name but does not call itself an attachment."""
        return [
            each
            for each in self.message.walk()
            if not each.children and _is_readable(each) and each.disposition != "attachment"
        ]

    def _chosen(self, versions: list[list[Part]]) -> list[Part]:
        plain = next((each for each in versions if not any(_is_html(part) for part in each)), None)
        html = next((each for each in reversed(versions) if any(_is_html(part) for part in each)), None)
        if plain is None or html is None:
            return plain or html or []
        words = self._joined(plain)
        if not words.strip():
            return html
        if len(words) > _SHORT:
            return plain
        seen = self._joined(html)
        return plain if not seen.strip() or _says_the_same(words, seen) else html

    def _joined(self, parts: Sequence[Part]) -> str:
        return "\n".join(self.text(part) for part in parts)

    def text(self, part: Part) -> str:
        """One part as text, made once."""
        known = self.texts.get(id(part))
        if known is None:
            known = self.texts[id(part)] = self._text(part)
        return known

    def _text(self, part: Part) -> str:
        raw = part.string()
        if part.size > LONGEST_TEXT * 3:
            self.notes["cut short: a text of more than two megabytes"] = None
        if _is_html(part):
            return text_of_html(raw)
        text = safe(raw)
        if part.kind in ("text/enriched", "text/richtext"):
            return _ENRICHED.sub("", text).replace("<<", "<")
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        text, files = without_uuencoded(without_armour(text))
        if files:
            self.notes["left out: files in the text (uuencode)"] = None
        if "-----BEGIN PGP MESSAGE-----" in text:
            self.notes["cannot read: encrypted (PGP)"] = None
            text = _ENCRYPTED.sub("", text)
        return text

    def evidence(self, text: str) -> tuple[str, ...]:
        if self.message.cut_short:
            self.notes["cut short: more parts or headers than are read"] = None
        kinds = {each.kind: each for each in self.message.walk()}
        if "multipart/encrypted" in kinds:
            self.notes["cannot read: encrypted (PGP)"] = None
        secured = kinds.get("application/pkcs7-mime") or kinds.get("application/x-pkcs7-mime")
        if secured is not None and not text.strip():
            signed = "signed" in secured.parameters.get("smime-type", "")
            self.notes[f"cannot read: {'signed and wrapped' if signed else 'encrypted'} (S/MIME)"] = None
        if not text.strip() and any("ms-tnef" in kind for kind in kinds):
            self.notes["cannot read: winmail.dat"] = None
        if not text.strip() and not self.notes and kinds.keys() & {"text/calendar", "text/rtf", "application/rtf"}:
            self.notes["cannot read: no text, only a calendar entry or RTF"] = None
        if not text.strip() and not self.notes and any(is_attachment(each) for each in self.message.walk()):
            self.notes["no words: only a file, such as a recording or a picture"] = None
        return tuple(self.notes)


def _is_html(part: Part) -> bool:
    return part.kind in ("text/html", "application/xhtml+xml")


def _is_readable(part: Part) -> bool:
    """Text; and what calls itself a multipart but has no parts, whose bytes are all that there is."""
    if part.kind in _NOT_FOR_PEOPLE:
        return False
    return part.kind.startswith("text/") or _is_html(part) or part.kind in ("multipart/mixed", "multipart/alternative")


def _says_the_same(plain: str, html: str) -> bool:
    """Whether a short plain version has its words from the HTML; if not, it only says that there is some."""
    words = [_bare(word) for word in plain.split()]
    whole = _bare(html)
    known = [word in whole for word in words if word]
    return sum(known) * 2 >= len(known)


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
