"""The stand-in takes what the API takes, and refuses what it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.fakes.rules import faults, is_sandboxed
from dripcourse.transports.sendgrid.transport import request_body
from tests.transports.contract import a_mail

Request = dict[str, Any]


def a_request() -> Request:
    found: Request = json.loads(request_body(a_mail()))
    return found


def one(request: Request) -> Request:
    found: Request = request["personalizations"][0]
    return found


def test_our_own_requests_are_taken() -> None:
    assert faults(a_request()) == []
    assert faults(json.loads(request_body(a_mail(html=None, reply_to=None)))) == []


def put(*path: str | int, value: object) -> Callable[[Request], None]:
    """Change one field."""

    def change(request: Request) -> None:
        at: Any = request
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


ADDRESS = {"email": "a@example.org"}
TO = ("personalizations", 0, "to")


@pytest.mark.parametrize(
    "spoil",
    [
        put("personalizations", value=[]),
        put("personalizations", value=None),
        put("personalizations", value="x"),
        put("personalizations", value=[{}] * 1001),
        put(*TO, value=[]),
        put(*TO, value=[{"name": "no address"}]),
        put(*TO, value=[{"email": "nobody"}]),
        put(*TO, value=[{"email": "a@example.org\r\nBcc: b@example.org"}]),
        put(*TO, value=[ADDRESS | {"name": "Reader, A"}]),
        put(*TO, value=[ADDRESS, {"email": "A@example.org"}]),
        put("personalizations", 0, "cc", value=[{"email": "reader@example.org"}]),
        put("personalizations", 0, "to", value=[{"email": f"r{number}@example.org"} for number in range(1001)]),
        put("personalizations", 0, "colour", value="red"),
        put("personalizations", 0, "headers", "Subject", value="mine"),
        put("personalizations", 0, "headers", "dkim-signature", value="x"),
        put("personalizations", 0, "headers", "List-Id", value=7),
        put("personalizations", 0, "headers", "List-Id", value="ä"),
        put("personalizations", 0, "headers", "List-Id", value="a\nb"),
        put("personalizations", 0, "custom_args", "n", value=1),
        put("personalizations", 0, "custom_args", "d", value="x" * 10_000),
        put("from", value=None),
        put("from", value={}),
        put("from", "email", value="größe@example.org"),
        put("subject", value=""),
        put("content", value=[]),
        put("content", 0, "value", value=""),
        put("content", 0, value={"type": "text/plain"}),
        put("reply_to", value={"email": "x"}),
        put("reply_to_list", value=[ADDRESS]),
        put("colour", value="red"),
        put("categories", value=["one", "one"]),
        put("categories", value=["x" * 256]),
        put("categories", value=[str(number) for number in range(11)]),
        put("headers", value={"To": "x"}),
        put("ip_pool_name", value="x"),
        put("tracking_settings", "open_tracking", "enable", value="false"),
        put("mail_settings", value={"sandbox_mode": {"enable": 1}}),
        lambda request: request["content"].reverse(),
    ],
)
def test_what_the_api_refuses_is_refused(spoil: Callable[[Request], None]) -> None:
    request = a_request()
    spoil(request)
    assert faults(request) != []


@pytest.mark.parametrize(
    "change",
    [
        put("personalizations", 0, "subject", value="another"),
        put(*TO, value=[ADDRESS | {"name": "A Reader"}]),
        put("content", value=[{"type": "text/html", "value": "<p>x</p>"}]),
        put("custom_args", value={"a": "b"}),
        put("categories", value=["one", "two"]),
        put("mail_settings", value={"sandbox_mode": {"enable": True}}),
    ],
)
def test_what_the_api_takes_is_taken(change: Callable[[Request], None]) -> None:
    request = a_request()
    change(request)
    assert faults(request) == []


def test_a_request_to_be_looked_at_only_is_known() -> None:
    assert is_sandboxed(a_request() | {"mail_settings": {"sandbox_mode": {"enable": True}}})
    assert not is_sandboxed(a_request())


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(field=st.sampled_from([*a_request(), "headers", "categories", "custom_args", "mail_settings"]), value=_json)
def test_whatever_a_field_holds_is_judged_and_never_a_crash(field: str, value: Any) -> None:
    assert isinstance(faults(a_request() | {field: value}), list)
    assert isinstance(faults(value), list)
