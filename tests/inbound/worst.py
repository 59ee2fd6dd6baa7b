"""The worst messages that we could think of; each takes its size, so that twice the size can be tried."""

from collections.abc import Callable

HEAD = b"From: a@b.example\r\nTo: r+x@c.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
KB = 1_000


def _html(piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + b"Content-Type: text/html\r\n\r\n" + piece * (size // len(piece))


def _plain(piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + piece * (size // len(piece))


def _header(name: bytes, piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + name + b": " + piece * (size // len(piece)) + b"\r\n\r\nhi"


def _encoded(encoding: bytes, piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + piece * (size // len(piece))


def _nested(size: int) -> bytes:
    return HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(size // 60)
    )


def _parts(piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + piece * (size // len(piece))


def _block(piece: bytes) -> Callable[[int], bytes]:
    return lambda size: HEAD + piece * (size // len(piece))


WORST: dict[str, Callable[[int], bytes]] = {
    "nested multiparts": _nested,
    "nested messages": _block(b"Content-Type: message/rfc822\r\n\r\n"),
    "many parts": _parts(b"--b\r\n\r\nx\r\n"),
    "many reports": _parts(b"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n"),
    "many boundaries that are none": _parts(b"--\n"),
    "endless headers": _block(b"X: y\r\n"),
    "endless folding": _block(b" y\r\n"),
    "no header at all": lambda size: b"x\n" * (size // 2),
    "one long header": _header(b"Subject", b"x"),
    "encoded words that do not end": _header(b"Subject", b"=?utf-8?q?"),
    "encoded words": _header(b"Subject", b"=?utf-8?q?=C3?= "),
    "open brackets in a type": _header(b"Content-Type", b"("),
    "open brackets in addresses": _header(b"From", b"("),
    "open brackets in results": _header(b"Authentication-Results", b"("),
    "quotes in addresses": _header(b"Cc", b'"'),
    "backslashes in addresses": _header(b"Cc", b"\\"),
    "angles in addresses": _header(b"Cc", b"<"),
    "addresses": _header(b"Cc", b"a@b.c, "),
    "ids": _header(b"References", b"<a@b> "),
    "parameters": _header(b"Content-Type", b"; a*0*=x"),
    "results": _header(b"Authentication-Results", b"a; b=c d.e=f;"),
    "On On On": _plain(b"On "),
    "On ... wrote": _plain(b"On Monday he wrote:\n"),
    "From: lines": _plain(b"From: a\n"),
    "newlines": _plain(b"\n"),
    "quote marks": _plain(b">"),
    "quoted lines": _plain(b">\n"),
    "quote marks apart": _plain(b"> "),
    "spaces": _plain(b" "),
    "encoded words in the body": _plain(b"=?utf-8?q?"),
    "controls": _plain(b"\0\1"),
    "eight bits": _plain(b"\xe9"),
    "files that do not end": _plain(b"begin 644 x\n"),
    "armour that does not end": _plain(b"-----BEGIN PGP MESSAGE-----\n"),
    "dashes": _plain(b"-- \n"),
    "dates": _plain(b"until 1 May 1/2/3 "),
    "bounce words": _plain(b"could not be could not be "),
    "base64 rubbish": _encoded(b"base64", b"\xff=A"),
    "base64": _encoded(b"base64", b"QUJD"),
    "equal signs": _encoded(b"quoted-printable", b"="),
    "spaces before no end": _encoded(b"quoted-printable", b" "),
    "div": _html(b"<div>"),
    "b": _html(b"<b>x"),
    "p": _html(b"<p>x"),
    "br": _html(b"x<br>"),
    "li": _html(b"<ul><li>x"),
    "table": _html(b"<table><tr><td>"),
    "select": _html(b"<select><option>"),
    "blockquote": _html(b"<blockquote>x"),
    "span p": _html(b"<span><p>"),
    "svg": _html(b"<svg><g>"),
    "angle": _html(b"<"),
    "open tag": _html(b"<a "),
    "attributes": _html(b"a=b "),
    "comment": _html(b"<!--"),
    "style": _html(b"<style>"),
    "ampersand": _html(b"&"),
    "one tag that does not end": lambda size: (
        HEAD + b"Content-Type: text/html\r\n\r\n<p " + b" ".join(b"a%d=b" % n for n in range(size // 8))
    ),
    "one tag with attributes": lambda size: (
        HEAD + b"Content-Type: text/html\r\n\r\n<p " + b" ".join(b"a%d=b" % n for n in range(size // 8)) + b">x"
    ),
}
