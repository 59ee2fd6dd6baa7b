"""What a request says, brought into a form that nothing behind it stumbles over or believes.

The Host that was sent decides nothing: no address of ours is made from it, so whatever stands in it is put aside. Bytes in a
query that no browser sends bare are spelt as one would. A NUL in a form, which no keyboard makes and no PostgreSQL takes, becomes
U+FFFD, as it does in HTML.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "localhost"
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
    """The same app, that no Host and no byte in a query can break."""

    def web(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["HTTP_HOST"] = HOST
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote_from_bytes(query.encode("latin-1"), safe=_AS_IT_IS)
        return wsgi(environ, start_response)

    return web


def _without_nul(text: str) -> str:
    return text.replace("\0", "\ufffd")
