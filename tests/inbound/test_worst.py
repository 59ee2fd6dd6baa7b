"""The worst messages are read; and twice as much of one is at most about twice the work, counted in calls, not in seconds."""

import sys
from types import FrameType

import pytest

from dripcourse.inbound import read_mail
from tests.inbound.worst import KB, WORST


@pytest.mark.parametrize("name", WORST)
def test_the_worst_messages_are_read(name: str) -> None:
    mail = read_mail(WORST[name](1_000 * KB))
    assert "\0" not in mail.text + mail.hidden


def calls(raw: bytes) -> int:
    """How many calls of functions, Python's and C's, one reading takes."""
    count = 0

    def seen(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        read_mail(raw)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", WORST)
def test_twice_the_size_is_at_most_about_twice_the_work(name: str) -> None:
    small, large = calls(WORST[name](10 * KB)), calls(WORST[name](20 * KB))
    assert large <= 2.3 * small + 500
