"""Real mail that is not in this repository, damaged by seed. `python -m tests.inbound.corpora --each 100` reads all of it.

The environment variable DRIPCOURSE_SHARED says where it is.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from random import Random

from dripcourse.inbound import Verdict, read_mail


def folder() -> Path | None:
    """Where the real mail is, or None."""
    shared = os.environ.get("DRIPCOURSE_SHARED")
    place = Path(shared) / "corpora" / "mail" if shared else None
    return place if place is not None and place.is_dir() else None


def messages(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file() and path.suffix in (".eml", ".txt"))


def damaged(raw: bytes, seed: str) -> bytes:
    """One to four accidents: bytes turned, a piece lost, doubled or moved, two headers exchanged, the end cut off."""
    chance = Random(seed)
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        one, other = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        other = min(other, one + 2_000)
        match chance.randrange(6):
            case 0:
                for _ in range(min(20, len(data))):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 1:
                del data[one:other]
            case 2:
                data[one:one] = data[one:other]
            case 3:
                piece = data[one:other]
                del data[one:other]
                place = chance.randrange(len(data) + 1)
                data[place:place] = piece
            case 4:
                lines = bytes(data).split(b"\n")
                first, second = chance.randrange(min(30, len(lines))), chance.randrange(min(30, len(lines)))
                lines[first], lines[second] = lines[second], lines[first]
                data = bytearray(b"\n".join(lines))
            case _:
                del data[max(one, 1) :]
        if not data:
            data = bytearray(b"\n")
    return bytes(data)


def all_damaged(place: Path, each: int) -> Iterator[tuple[str, bytes]]:
    for path in messages(place):
        raw = path.read_bytes()
        yield path.name, raw
        for number in range(each):
            name = f"{path.name}:{number}"
            yield name, damaged(raw, name)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.inbound.corpora", description=__doc__)
    parser.add_argument("--each", type=int, default=100, help="how many times each message is damaged")
    asked = parser.parse_args()
    place = folder()
    if place is None:
        print("DRIPCOURSE_SHARED does not lead to real mail")
        return 2
    count = failed = 0
    for name, raw in all_damaged(place, asked.each):
        count += 1
        try:
            mail = read_mail(raw)
            assert mail.verdict in Verdict
            (mail.text + mail.hidden + mail.subject).encode()
        except Exception:  # noqa: BLE001 - whatever is raised is what is looked for
            failed += 1
            print(name)
            traceback.print_exc(limit=3)
    print(f"{count} messages read, {failed} raised")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
