"""How a request is made up, from a source of chance: something true, and then something wrong with it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from urllib.parse import quote, quote_from_bytes, urlencode

from dripcourse.fakes.serve import event_body
from tests.web.conftest import COVER
from tests.web.fuzz.ground import SECRET, Ground

MARKS = ("mkq\"'<zz>", "mkq'><zz onload=x>", "{{mkq}}<zz>", "</textarea><zz>mkq\"'", "javascript:mkq\"'<zz>")
"""What must never come back as it is: a quote right after `mkq`, or a tag `zz`."""
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "P\u00d6ST",
    "",
)
NASTY = (
    "", " ", "\0", "a\0b", "\r\nBcc: x@example.org", "\r\n\r\nHTTP/1.1 200", "\ud800", "\udfff\ud83d", "\ufeff", "\u202e", "\u0130",
    "%00", "%0d%0a", "%", "%zz", "{}", "[]", "null", "-1", "0", "1e309", "NaN", "9" * 30, "9" * 5000, "١٢", "²",
    "0000-00-00", "9999-12-31", "2026-02-30", "0001-01-01", "25:61", "Europe/../../etc/passwd", "/etc/localtime", "GMT+25",
    "reader@example.org", "a@" + "b" * 300 + ".example", "@", "a@b@c", '"a b"@example.org', "ä@exämple.org", "x" * 70_000,
    "' OR 1=1 --", "; DROP TABLE delivery", "../../../etc/passwd", "..%2f..", "${7*7}", "{{7*7}}", "{% raise %}", "<zz>", "&#60;zz&#62;",
    "🙂" * 2000, "\u0001\u001b[31m", "all", "on", "true",
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=b", "multipart/form-data; boundary=",
    'multipart/form-data; boundary="b\0"', "multipart/form-data; boundary=" + "b" * 300, "application/json", "text/plain", "",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded;charset=nope", "multipart/mixed; boundary=b",
    "message/rfc822", "a/b; c*=utf-8''%ff", ";;;", "multipart/form-data; boundary*=utf-8''b", "\u00ff/\u00fe",
)  # fmt: skip


@dataclass
class Asked:
    """One request, as a server would hand it to the app."""

    method: str
    path: bytes
    query: bytes = b""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def environ(self, client: str) -> dict[str, object]:
        """As WSGI has it (PEP 3333)."""
        environ: dict[str, object] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path.decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": client,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "CONTENT_LENGTH": str(len(self.body)),
            "HTTP_HOST": "letters.example.org",
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value.encode(
                "utf-8", "surrogatepass"
            ).decode("latin-1")
        return environ


SLOW = 0.03
"""How many of the posts are sent that may be about a phrase, where each can take a second by intent (Argon2), or that erase a reader."""


def _is_slow(asked: Asked) -> bool:
    return asked.method == "POST" and bool(asked.body) and (b"/own" in asked.path or b"/erase" in asked.path)


def make(chance: Random, at: Ground) -> Asked:
    """One request."""
    kind = chance.choices(*zip(*_KINDS, strict=True))[0]
    asked: Asked = kind(chance, at)
    if _is_slow(asked) and chance.random() > SLOW:
        asked = _path(chance, at)
    if chance.random() < 0.25:
        asked.headers |= _headers(chance)
    if chance.random() < 0.04:
        asked.method = chance.choice(METHODS)
    return asked


# ---------------------------------------------------------------------------------------------------------------- kinds


def _form(chance: Random, at: Ground) -> Asked:
    """A form of ours, filled in, and then something else in a field or two."""
    form = chance.choice(at.forms)
    fields = dict(chance.sample(form.fields, len(form.fields)))
    if form.buttons:
        name, value = chance.choice(form.buttons)
        fields[name] = value
    fields.pop("", None)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        name = chance.choice([*fields, chance.choice(at.names)])
        if chance.random() < 0.2:
            fields.pop(name, None)
        else:
            fields[name] = _value(chance, at)
    return _posted(chance, form.action.encode(), list(fields.items()))


def _act(chance: Random, at: Ground) -> Asked:
    """Any word of a button, on any page, with any field."""
    path = chance.choice(at.paths)
    fields = [("do", chance.choice(at.acts) if chance.random() < 0.9 else _value(chance, at))]
    fields += [(chance.choice(at.names), _value(chance, at)) for _ in range(chance.choice((0, 1, 2, 3, 8)))]
    return _posted(chance, path.encode(), fields)


def _token(chance: Random, at: Ground) -> Asked:
    """A link of ours with a little of it changed."""
    path = bytearray(chance.choice(at.paths).encode())
    for _ in range(chance.choice((0, 1, 1, 2, 9))):
        place = chance.randrange(len(path) + 1)
        match chance.randrange(5):
            case 0:
                path[place:place] = chance.choice(
                    (b"\0", b"/", b".", b"%00", b"\xff", b"\r\n", b"=", b"-", b"..", b";x", b"//")
                )
            case 1 if place < len(path):
                path[place] = chance.randrange(256)
            case 2:
                del path[place : place + chance.randrange(1, 9)]
            case 3:
                path += path[place:]
            case _:
                path = bytearray(bytes(path).swapcase())
    method = chance.choice(("GET", "GET", "HEAD", "POST"))
    return Asked(method, bytes(path), _query(chance, at))


def _path(chance: Random, at: Ground) -> Asked:
    """A rule of ours with anything in its blanks, or no rule at all."""
    rule = chance.choice(at.rooms)
    pieces = [_value(chance, at)[:200] if piece.startswith("<") else piece for piece in rule.split("/")]
    if chance.random() < 0.3:
        pieces.insert(
            chance.randrange(len(pieces) + 1), chance.choice(("..", "", ".", _value(chance, at)[:200], "%2e%2e", COVER))
        )
    path = "/".join(pieces).encode("utf-8", "surrogatepass")
    return Asked(chance.choice(("GET", "GET", "POST", "HEAD", "OPTIONS")), path, _query(chance, at))


def _page(chance: Random, at: Ground) -> Asked:
    """A page as anybody opens it, and what a browser would never say."""
    return Asked("GET", chance.choice(at.paths).encode(), _query(chance, at), headers=_headers(chance))


def _broken(chance: Random, at: Ground) -> Asked:
    """A body that is no body."""
    path = chance.choice(
        [*at.paths, "/hooks/sendgrid/events", "/hooks/sendgrid/inbound", f"/hooks/sendgrid/inbound/{SECRET}"]
    )
    body = chance.choice(
        (
            lambda: chance.randbytes(chance.choice((0, 1, 50, 5000))),
            lambda: _multipart(chance, at),
            lambda: b"--b\r\n" * chance.choice((1, 3000)),
            lambda: b"do=" + chance.choice(at.acts).encode() + b"&%ff=%fe&=&&==&\xff=\0&do",
            lambda: b"&".join(b"a%d=1" % number for number in range(chance.choice((10, 1500)))),
            lambda: b"[" * 5000,
            lambda: json.dumps(dict.fromkeys(at.names, MARKS)).encode(),
            lambda: b"text=" + b"x" * chance.choice((99_990, 100_010, 200_000)),
            lambda: "do=write&text=ä".encode("utf-16"),
        )
    )()
    return Asked("POST", path.encode(), _query(chance, at), body, {"Content-Type": chance.choice(TYPES)})


def _signup(chance: Random, at: Ground) -> Asked:
    fields = [("email", f"f{chance.randrange(10**9)}@example.org" if chance.random() < 0.3 else _value(chance, at))]
    fields += [
        (name, _value(chance, at)) for name in ("perspective", "zone", "remark", "token") if chance.random() < 0.3
    ]
    return _posted(chance, f"/c/{chance.choice((COVER, 'rebuilding-trust', COVER.upper()))}".encode(), fields)


def _events(chance: Random, at: Ground) -> Asked:
    """Events, signed as they must be, of whatever there is."""
    told: object = [_event(chance, at) for _ in range(chance.choice((0, 1, 1, 3, 40)))]
    if chance.random() < 0.2:
        told = chance.choice((None, {}, "x", 7, [[]], [None, 1, "x"], {"event": "bounce"}))
    body = event_body(told) if chance.random() < 0.9 else chance.randbytes(40)
    asked = Asked("POST", b"/hooks/sendgrid/events", b"", body, {"Content-Type": "application/json"})
    return _signed(chance, at, asked)


def _event(chance: Random, at: Ground) -> dict[str, object]:
    anything = (None, True, 7, -1, 1e300, 10**40, [], {}, [[{}]], "\ud800", "\0", "x" * 2000)
    true = {
        "d": f"{'abcdefghijklmnopqrstuvwxyz'}.{chance.choice((0, 1, 999999999, 1000000000))}",
        "event": chance.choice(
            ("bounce", "dropped", "delivered", "deferred", "spamreport", "unsubscribe", "open", "group_unsubscribe")
        ),
        "sg_event_id": _value(chance, at)[:300],
        "timestamp": chance.choice((0, -1, -62135596800, 10**10, 10**18, "x", 1772445600, 1.5, "1772445600")),
        "reason": _value(chance, at),
        "type": chance.choice(("blocked", "bounce", "")),
        "status": chance.choice(("5.1.1", "5.0.0", "4.2.2", "")),
    }
    for name in chance.sample(sorted(true), chance.choice((0, 1, 3))):
        true[name] = chance.choice(anything)
    return true


def _inbound(chance: Random, at: Ground) -> Asked:
    """A post with mail in it, signed or to the secret's address, of whatever there is."""
    body = _multipart(chance, at, inbound=True)
    kind = "multipart/form-data; boundary=b" if chance.random() < 0.8 else chance.choice(TYPES)
    path = b"/hooks/sendgrid/inbound" if chance.random() < 0.6 else f"/hooks/sendgrid/inbound/{SECRET}".encode()
    return _signed(chance, at, Asked("POST", path, b"", body, {"Content-Type": kind}))


_KINDS: list[tuple[Callable[[Random, Ground], Asked], float]] = [
    (_form, 8), (_act, 9), (_token, 22), (_path, 36), (_page, 2), (_broken, 11), (_signup, 3), (_events, 5), (_inbound, 4),
]  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- pieces


def _value(chance: Random, at: Ground) -> str:
    match chance.randrange(6):
        case 0:
            return chance.choice(MARKS)
        case 1 | 2:
            return chance.choice(NASTY)
        case 3:
            return "".join(
                chr(chance.choice((chance.randrange(128), chance.randrange(0x3000), chance.randrange(0x110000))))
                for _ in range(chance.randrange(12))
            )
        case _:
            return chance.choice(at.words)


def _query(chance: Random, at: Ground) -> bytes:
    if chance.random() < 0.6:
        return b""
    if chance.random() < 0.2:
        return chance.randbytes(20)
    pairs = {chance.choice(("for", "do", "v", "text", "token", *at.names)): _value(chance, at)[:300] for _ in range(2)}
    return urlencode(pairs, errors="surrogatepass").encode()


def _posted(chance: Random, path: bytes, fields: list[tuple[str, str]]) -> Asked:
    """Fields as a browser sends them; sometimes as the other kind of form, sometimes ill-spelt."""
    if chance.random() < 0.15:
        body = b"".join(_part(name, value.encode("utf-8", "surrogatepass")) for name, value in fields) + b"--b--\r\n"
        return Asked("POST", path, b"", body, {"Content-Type": "multipart/form-data; boundary=b"})
    body = urlencode(fields, errors="surrogatepass").encode()
    if chance.random() < 0.05:
        body = body.replace(b"%", chance.choice((b"%%", b"\xff", b"\0")))
    return Asked("POST", path, b"", body, {"Content-Type": "application/x-www-form-urlencoded"})


def _part(name: str, data: bytes, more: str = "") -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode("utf-8", "surrogatepass") + data + b"\r\n"


_OF_INBOUND = (
    "headers",
    "text",
    "html",
    "email",
    "from",
    "to",
    "subject",
    "envelope",
    "charsets",
    "attachment-info",
    "SPF",
    "dkim",
    "attachment1",
)


def _multipart(chance: Random, at: Ground, *, inbound: bool = False) -> bytes:
    names = _OF_INBOUND if inbound else (*at.names, "do", "\0", 'a"b', "ä\r\n")
    pieces = []
    for _ in range(chance.choice((0, 1, 3, 8))):
        name = chance.choice(names)
        data = _value(chance, at).encode("utf-8", "surrogatepass")
        if name in ("envelope", "charsets", "attachment-info") and chance.random() < 0.7:
            said = chance.choice(
                (
                    {"to": ["r+x@reply.letters.example.org", None]},
                    {"to": "x", "from": 7},
                    {"text": "x-nope"},
                    {"text": None},
                    [],
                    7,
                    {"html": "utf-7"},
                )
            )
            data = json.dumps(said).encode()
        if name in ("email", "headers"):
            data = (
                b"From: "
                + data
                + b"\r\nSubject: x\r\nContent-Type: "
                + chance.choice(TYPES).encode("latin-1")
                + b"\r\n\r\n"
                + data
            )
        more = chance.choice(
            (
                "",
                "",
                '; filename="a\0b"',
                "; filename*=utf-8''%ff",
                '; filename="..\\x"',
                "\r\nContent-Type: text/plain; charset=nope",
            )
        )
        pieces.append(_part(name, data, more))
    body = b"".join(pieces) + b"--b--\r\n"
    match chance.randrange(6):
        case 0:
            body = body[: chance.randrange(len(body))]
        case 1:
            place = chance.randrange(len(body))
            body = body[:place] + chance.randbytes(3) + body[place:]
        case 2:
            body = body.replace(b"\r\n", b"\n")
    return body


def _signed(chance: Random, at: Ground, asked: Asked) -> Asked:
    if chance.random() < 0.8:
        asked.headers |= at.signer.headers(asked.body, chance.choice((0, 1772445600, 10**12 - 1)))
    return asked


def _headers(chance: Random) -> dict[str, str]:
    name, values = chance.choice(_HEADERS)
    return {name: chance.choice(values)}


_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Host", ("evil.example", "", "a b", "[::1", "evil.example:99999", "x" * 5000, "\u00e4.example", "letters.example.org\r\nX: y", "a@b", "%00")),
    ("Content-Length", ("-1", "abc", "", "0", "5", "999999999999", "1e3", "0x10", " 7", "٣")),
    ("Transfer-Encoding", ("chunked", "identity", "gzip, chunked", "\u000bchunked")),
    ("Content-Encoding", ("gzip", "br", "x")),
    ("X-Forwarded-For", ("evil", "127.0.0.1", "::1", ",,,", "x" * 4000, "<zz>", "999.1.1.1, 10.0.0.1")),
    ("X-Forwarded-Proto", ("https", "javascript", "http\r\n", "")),
    ("X-Forwarded-Host", ("evil.example", "<zz>", "a b", "[::", "x" * 3000)),
    ("X-Forwarded-Port", ("0", "x", "99999999")),
    ("Forwarded", ("for=evil;host=evil.example", 'for="[::1]"')),
    ("Range", ("bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,2-3", "bytes=99999999999-", "x")),
    ("If-Range", ("x", '"etag"', "Wed, 21 Oct 2015 07:28:00 GMT")),
    ("If-None-Match", ("*", '"x"', "W/", "\u00ff")),
    ("If-Modified-Since", ("x", "Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 99 Zzz 0000", "0")),
    ("Accept-Language", ("de", "xx-YY;q=nan", ",;q=", "de;q=1e999", "a" * 3000, "zh-Hant-TW-x-private", "*", "en_US", "\u00e4")),
    ("Accept", ("*/*;q=x", "", "application/json", "text/html;q=-1")),
    ("Content-Type", TYPES),
    ("Cookie", ("session=x; Path=/", "=\0", "a" * 5000)),
    ("Authorization", ("Basic x", "Basic Og==", "Bearer " + "x" * 2000, "Digest a", "\u00ff", "Basic " + "/" * 8)),
    ("Expect", ("100-continue", "x")),
    ("Upgrade", ("websocket", "h2c")),
    ("Sec-Fetch-Site", ("cross-site", "none")),
    ("Origin", ("null", "https://evil.example")),
    ("Referer", ("https://evil.example/?<zz>",)),
    ("User-Agent", ("", "\u0000", "x" * 8000, "<zz>mkq'")),
    ("X-HTTP-Method-Override", ("DELETE", "GET")),
    ("Max-Forwards", ("0",)),
)  # fmt: skip


def raw(chance: Random, at: Ground) -> bytes:
    """A request as bytes on a socket, made from one as above, whose shape may be broken too."""
    asked = make(chance, at)
    target = quote_from_bytes(asked.path, safe="/%;=") + (
        f"?{quote(asked.query.decode('latin-1'), safe='&=%+')}" if asked.query else ""
    )
    headers = {
        "Host": "letters.example.org",
        "Content-Length": str(len(asked.body)),
        "Connection": "close",
        **asked.headers,
    }
    head = (
        f"{asked.method} {target} HTTP/1.1\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        + "\r\n"
    )
    return head.encode("utf-8", "surrogatepass") + asked.body
