"""What an address of the demo page means."""

import pytest
from werkzeug.datastructures import MultiDict

from dripcourse.demo.look import Look, View, local_page, read_look
from tests.support.house import MONDAY


def test_an_address_says_the_whole_look_and_is_read_back_as_it_was():
    look = Look(box=2, mail="abc.1", view=View.HEADERS, page="/confirm/a.b-c_d", since=MONDAY)
    assert read_look(MultiDict(look.fields())) == look
    assert look.url(at="open").endswith("#open")


def test_the_first_look_has_a_short_address():
    assert Look().url() == "/"


def test_an_address_holds_nobodys_mail_address():
    assert "@" not in Look(box=1, mail="abc.1", page="/me/token").url()


@pytest.mark.parametrize(
    "nonsense", [{"box": "-1"}, {"box": "x" * 99}, {"box": "9999999"}, {"view": "upside-down"}, {"since": "yesterday"}]
)
def test_nonsense_in_an_address_is_left_out(nonsense: dict[str, str]):
    assert read_look(MultiDict(nonsense)) == Look()


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "/",
        "/?page=/",
        "/demo/turn",
        "c/x",
        "/a\nb",
    ],
)
def test_the_demo_frames_neither_strangers_nor_itself(path: str):
    assert local_page(path) == ""


@pytest.mark.parametrize("path", ["/confirm/abc", "/c/slow-letters/l/01?for=betrayed", "/support#de"])
def test_the_demo_frames_the_products_own_pages(path: str):
    assert local_page(path) == path
