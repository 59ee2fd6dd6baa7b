"""Makes a picture of a page small: at most 256 colours, without a program that a machine may not have."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

COLOURS, RARE = 256, 64
_HEAD = b"\x89PNG\r\n\x1a\n"


def smaller(png: bytes) -> bytes:
    """The same picture with a table of its colours. `png` is as Chromium writes it: eight bits a channel, not interlaced."""
    chunks = list(_chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    size = {2: 3, 6: 4}[kind] if depth == 8 else 0
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    rows = [[bytes(row[at : at + 3]) for at in range(0, len(row), size)] for row in _rows(data, width * size, size)]
    table = _table(Counter(dot for row in rows for dot in row))
    places = {colour: place for place, colour in enumerate(table)}
    for dot in {dot for row in rows for dot in row} - set(table):
        places[dot] = min(range(len(table)), key=lambda place: _apart(dot, table[place]))
    lines = b"".join(b"\0" + bytes(places[dot] for dot in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(table)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _HEAD + b"".join(_chunk(name, body) for name, body in parts)


def _table(dots: Counter[bytes]) -> list[bytes]:
    """The commonest colours, and those that are least like any of them: a small mark keeps its colour."""
    table = [colour for colour, _ in dots.most_common(COLOURS - RARE)]
    apart = {dot: min(_apart(dot, each) for each in table) for dot in dots}
    for _ in range(RARE):
        far = max(apart, key=lambda dot: apart[dot])
        table.append(far)
        apart = {dot: min(least, _apart(dot, far)) for dot, least in apart.items()}
    return table


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_HEAD)
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(data: bytes, width: int, size: int) -> Iterator[bytearray]:
    """The rows of a picture, each freed of its filter (PNG, 9.2)."""
    before = bytes(width)
    for at in range(0, len(data), width + 1):
        row = bytearray(data[at + 1 : at + 1 + width])
        _free(row, before, data[at], size)
        yield row
        before = row


def _free(row: bytearray, before: bytes, filtered: int, size: int) -> None:
    if filtered == 0:
        return
    for at, byte in enumerate(row):
        left, up, corner = (row[at - size], before[at], before[at - size]) if at >= size else (0, before[at], 0)
        row[at] = (byte + _guess(filtered, left, up, corner)) & 255


def _guess(filtered: int, left: int, up: int, corner: int) -> int:
    if filtered < 4:
        return (left, up, (left + up) // 2)[filtered - 1]
    sure = left + up - corner
    return min((left, up, corner), key=lambda each: abs(sure - each))
