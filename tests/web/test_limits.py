"""How many sign-ups at once, and what is kept of who sent them."""

import logging

import pytest

from dripcourse.web.app import create_app
from dripcourse.web.public.signup import PURPOSE
from tests.support.house import open_house
from tests.web.conftest import COVER, Site


def post(site: Site, address: str, token: str = "", path: str = f"/c/{COVER}", **headers: str) -> int:
    sender = {"REMOTE_ADDR": address}
    fields = {"email": "a@example.org", "token": token}
    return site.client.post(path, data=fields, environ_overrides=sender, headers=headers).status_code


def test_a_client_that_asks_too_often_waits_and_others_do_not(site: Site) -> None:
    codes = [post(site, "192.0.2.1") for _ in range(12)]
    assert codes == [200] * 10 + [429] * 2
    assert post(site, "192.0.2.2") == 200


def test_what_is_refused_says_when_to_come_back_and_keeps_nothing(site: Site) -> None:
    for _ in range(10):
        post(site, "192.0.2.1")
    before = site.dump()
    fields = {"email": "a@example.org"}
    answer = site.client.post(f"/c/{COVER}", data=fields, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "Please wait a little" in answer.get_data(as_text=True)
    assert site.dump() == before


def test_who_comes_from_the_page_may_ask_more_often(site: Site) -> None:
    token = site.app.extensions["dripcourse"].form_tokens.make(PURPOSE)
    assert [post(site, "192.0.2.1", token) for _ in range(21)] == [200] * 20 + [429]


def test_an_ipv6_client_is_its_whole_network(site: Site) -> None:
    codes = [post(site, f"2001:db8:1:2::{number:x}") for number in range(11)]
    assert codes == [200] * 10 + [429]
    assert post(site, "2001:db8:1:3::1") == 200


def test_this_very_machine_is_held_only_by_the_limit_for_all(site: Site) -> None:
    assert [post(site, "127.0.0.1") for _ in range(30)] == [200] * 30
    codes = [post(site, f"192.0.2.{number}") for number in range(211)]
    assert codes[-1] == 429


def test_other_pages_have_no_limit(site: Site) -> None:
    site.reading()
    leave = site.link("leave")
    for _ in range(50):
        assert site.client.post(leave).status_code == 200
        assert site.client.get("/").status_code == 200


def test_a_forwarded_address_counts_only_behind_proxies_of_ours(site: Site) -> None:
    codes = [post(site, "192.0.2.9", **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(11)]
    assert codes[-1] == 429, "anybody can write that header"
    trusting = Site(site.house, create_app(site.house.parts, site.house.clock, trusted_proxies=1))
    for number in range(11):
        assert post(trusting, "192.0.2.9", **{"X-Forwarded-For": f"evil, 198.51.100.{number}"}) == 200


def codes_through_a_proxy(site: Site, *clients: str) -> list[int]:
    trusting = Site(site.house, create_app(site.house.parts, site.house.clock, trusted_proxies=1))
    return [post(trusting, "192.0.2.9", **{"X-Forwarded-For": client}) for client in clients]


@pytest.mark.parametrize(
    "clients",
    [
        [f"203.0.113.6:{40000 + n}" for n in range(11)],
        [f"[2001:db8:1:2::{n:x}]:{40000 + n}" for n in range(11)],
        [f'"[2001:db8:1:2::{n:x}]:{40000 + n}"' for n in range(11)],
        [f"[2001:db8:1:2::{n:x}]" for n in range(11)],
        [f"fe80::1:{n}%eth{n}" for n in range(11)],
        [*["203.0.113.6"] * 5, *["::ffff:203.0.113.6"] * 3, *["[::ffff:203.0.113.6]:4711"] * 2, "::ffff:cb00:7106"],
        [f"2002:cb00:7106:{n:x}::1" for n in range(11)],
        [*["203.0.113.6"] * 5, *["64:ff9b::203.0.113.6"] * 6],
        [f"unknown{n}" for n in range(11)],
    ],
)
def test_one_client_is_one_client_however_a_proxy_writes_its_address(site: Site, clients: list[str]) -> None:
    assert codes_through_a_proxy(site, *clients) == [200] * 10 + [429]


@pytest.mark.parametrize("dressed", ["::ffff:198.51.100.{}", "[::ffff:198.51.100.{}]:443", "64:ff9b::198.51.100.{}"])
def test_all_of_ipv4_in_the_clothes_of_ipv6_is_not_one_client(site: Site, dressed: str) -> None:
    clients = [dressed.format(number) for number in range(20)]
    assert codes_through_a_proxy(site, *clients) == [200] * 20


def test_a_socket_that_speaks_both_families_tells_ipv4_clients_apart(site: Site) -> None:
    assert [post(site, f"::ffff:198.51.100.{number}") for number in range(20)] == [200] * 20
    assert [post(site, "::ffff:127.0.0.1") for _ in range(12)] == [200] * 12


def test_nothing_tells_where_a_request_came_from(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in range(12):
            post(site, "203.0.113.77")
    assert "203.0.113.77" not in caplog.text
    assert "203.0.113.77" not in site.dump()


def test_two_processes_make_different_digests_of_a_client(tmp_path) -> None:
    with open_house(tmp_path) as house:
        sites = [Site(house, create_app(house.parts, house.clock)) for _ in range(2)]
        kept = []
        for site in sites:
            post(site, "203.0.113.77")
            limiter = next(iter(site.app.extensions["limiter"]))
            kept.append({key for key in limiter.storage.events if "everybody" not in key})
    assert kept[0]
    assert kept[0].isdisjoint(kept[1])
    assert "203" not in str(kept).split("LIMIT")[0]
