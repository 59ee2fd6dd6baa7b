"""Reading mail: how long a typical reply takes, and what a message of 30 MB does. Processor time: other work does not change it."""

import resource
import statistics
import sys
from time import process_time

from dripcourse.inbound import read_mail

_LESSON = "What did you hear this week that you did not hear before? Write it down, in your own words.\n" * 40
_OWN = "I heard him say that he was sorry, and I noticed that I did not look away.\n" * 8
_HEAD = (
    "From: Ann <ann@example.org>\r\nTo: r+{token}@letters.example\r\nSubject: Re: Letter 3\r\nMIME-Version: 1.0\r\n"
    "In-Reply-To: <d3@letters.example>\r\nAuthentication-Results: mx.example; dkim=pass header.d=example.org\r\n"
).format(token="a" * 42)


def _plain() -> bytes:
    quoted = "".join(f"> {line}\n" for line in _LESSON.splitlines())
    body = f"{_OWN}\nOn Mon, 2 Mar 2026 at 09:00, Slow Letters wrote:\n{quoted}"
    return (_HEAD + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def _html() -> bytes:
    paragraphs = "".join(f"<p style='margin:0 0 16px'>{line}</p>" for line in _LESSON.splitlines())
    body = (
        f'<div dir="ltr">{_OWN}</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Mar 2026, Slow Letters '
        f'wrote:<br></div><blockquote class="gmail_quote">{paragraphs}</blockquote></div>'
    )
    return (_HEAD + "Content-Type: text/html; charset=utf-8\r\n\r\n" + body).encode()


def _large(size: int) -> bytes:
    """A reply with a photograph of this many bytes of base64."""
    head = _HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + _OWN
    head += "\r\n--b\r\nContent-Type: image/jpeg; name=us.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    line = b"QUJD" * 19 + b"\r\n"
    return head.encode() + line * (size // len(line)) + b"--b--\r\n"


def reading(times: int = 400) -> None:
    """Print the median and the 99th percentile of typical replies, then a large message's time and this process's peak of memory."""
    for name, raw in (("plain", _plain()), ("HTML", _html())):
        took = []
        for _ in range(times):
            began = process_time()
            read_mail(raw, sent=_LESSON)
            took.append((process_time() - began) * 1000)
        p99 = statistics.quantiles(took, n=100)[98]
        print(
            f"  a {name} reply of {len(raw) / 1000:.0f} kB         median {statistics.median(took):6.2f} ms   p99 {p99:6.2f} ms"
        )
    raw = _large(30_000_000)
    began = process_time()
    read_mail(raw)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(
        f"  a message of 30 MB           {(process_time() - began) * 1000:8.0f} ms   peak of this process {peak / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    reading()
