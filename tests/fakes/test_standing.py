"""What the stand-in says of how its account is set up: in the API's own shapes, with the API's own refusals."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dripcourse.fakes.standing import Standing
from dripcourse.transports.sendgrid.audit import PLACES
from tests.transports.contract import NOW

KEY = {"Authorization": "Bearer SG.key"}
HOOKS = ("events", "parse", "policies")
"""What the provider's description covers; the others are documented in prose only."""


def said(standing: Standing, path: str) -> Any:
    reply = standing.answer("GET", path, KEY, b"", NOW)
    assert reply.status == 200
    return json.loads(reply.body)


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    folder = os.environ.get("DRIPCOURSE_SHARED")
    if not folder:
        pytest.skip("DRIPCOURSE_SHARED does not say where the provider's description is")
    found: dict[str, Any] = json.loads((Path(folder) / "sendgrid" / "tsg_webhooks_v3.json").read_text())
    return found


@pytest.mark.parametrize("name", HOOKS)
def test_what_it_says_of_webhooks_is_what_the_providers_own_description_says(
    description: dict[str, Any], name: str
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    standing = Standing()
    standing.hook("https://letters.example.org/hooks/sendgrid/events", "MFkw")
    standing.parse("reply.example.org", "https://letters.example.org/hooks/sendgrid/inbound", public_key="MFkw")
    content = description["paths"][PLACES[name]]["get"]["responses"]["200"]["content"]["application/json"]
    checker = jsonschema.Draft202012Validator({**content["schema"], "components": description["components"]})
    answer = said(standing, PLACES[name])
    assert list(checker.iter_errors(answer)) == []
    (listed,) = (value for value in answer.values() if isinstance(value, list))
    example = next(iter(content["examples"].values()))["value"] if "examples" in content else None
    if example:
        (model,) = (value for value in example.values() if isinstance(value, list))
        assert listed[0].keys() <= model[0].keys(), "no field that the provider does not have"
    spoilt = json.loads(json.dumps(answer).replace("true", '"yes"').replace('"id": "', '"id": 7, "x": "'))
    assert list(checker.iter_errors(spoilt)) != []


def test_every_place_that_is_asked_is_there_and_a_key_is_wanted_everywhere() -> None:
    standing = Standing()
    for path in PLACES.values():
        assert standing.answer("GET", path, {}, b"", NOW).status == 401
        said(standing, path)
    assert standing.answer("GET", "/v3/elsewhere", KEY, b"", NOW).status == 404


def test_a_key_that_may_only_send_may_not_look_but_may_ask_what_it_may() -> None:
    standing = Standing()
    standing.said["/v3/scopes"]["scopes"] = ["mail.send"]
    statuses = {name: standing.answer("GET", path, KEY, b"", NOW).status for name, path in PLACES.items()}
    assert statuses.pop("key") == 200
    assert set(statuses.values()) == {403}


def test_a_tracker_is_switched_as_the_api_does_it() -> None:
    standing, path = Standing(), PLACES["open"]
    assert said(standing, path) == {"enabled": True}
    assert standing.answer("PATCH", path, KEY, b'{"enabled": false}', NOW).status == 200
    assert said(standing, path) == {"enabled": False}
    for wrong in (b"[", b"[1]", b'{"enabled": "no"}', b'{"colour": true}'):
        assert standing.answer("PATCH", path, KEY, wrong, NOW).status == 400
    assert standing.answer("PATCH", PLACES["groups"], KEY, b"{}", NOW).status == 405
    assert said(standing, path) == {"enabled": False}
