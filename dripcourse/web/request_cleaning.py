"""What a request says, brought into a form that nothing behind it stumbles over or believes.

The Host that was sent decides nothing: no address of ours is made from it, so whatever stands in it is put aside. Bytes in a
query that no browser sends bare are spelt as one would. Punctuation behind a link, which a mail program took for its end, is cut
off: no address of ours ends in any. A NUL in a form, which no keyboard makes and no PostgreSQL takes, becomes
U+FFFD, as it does in HTML.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "localhost"
_CLOSERS = ")>]}.,;:!?\"'*\u00bb\u2019\u201d\u203a\u2026"
_ENCODED = ["".join(f"%{byte:02x}" for byte in each.encode()) for each in _CLOSERS]
_BEHIND_A_LINK = re.compile(
    "(?<!/)(?:" + "|".join(["\\s", "&(?:gt|quot);?", *map(re.escape, _CLOSERS), *_ENCODED]) + ")+\\Z", re.IGNORECASE
)
"""As it stands there, or percent-encoded; of RFC 3986 appendix C, and of what people and programs put there."""
_AS_IT_IS = "".join(chr(code) for code in range(0x21, 0x7F))


class FormRequest(Request):
    """A request whose forms hold no NUL, and no field without a name."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        fields: list[tuple[str | None, str]] = list(self.form.items(multi=True))
        if any(not name or "\0" in name or "\0" in value for name, value in fields):
            clean = [(_without_nul(name), _without_nul(value)) for name, value in fields if name]
            self.__dict__["form"] = ImmutableMultiDict(clean)


def in_form(wsgi: "WSGIApplication") -> "WSGIApplication":
    """The same app, that no Host, no byte in a query and no full stop behind a link can break."""

    def web(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["HTTP_HOST"] = HOST
        environ["PATH_INFO"] = _without_closers(environ.get("PATH_INFO", ""))
        query = _BEHIND_A_LINK.sub("", environ.get("QUERY_STRING", ""))
        environ["QUERY_STRING"] = quote_from_bytes(query.encode("latin-1"), safe=_AS_IT_IS)
        return wsgi(environ, start_response)

    return web


def _without_closers(path: str) -> str:
    """The path, which WSGI (PEP 3333) hands over as UTF-8 that was read as Latin-1."""
    text = path.encode("latin-1").decode("utf-8", "surrogateescape")
    return _BEHIND_A_LINK.sub("", text).encode("utf-8", "surrogateescape").decode("latin-1")


def _without_nul(text: str) -> str:
    return text.replace("\0", "\ufffd")
