"""The pages that mails link to are the pages that there are."""

import inspect

from dripcourse.domain.page_addresses import Pages
from tests.web.conftest import Site


def test_each_address_in_a_mail_is_a_page_of_ours(site: Site) -> None:
    pages = Pages("http://localhost")
    made = {
        "course": pages.course("letters"),
        "clean_copy": pages.clean_copy("letters", 7),
        "confirm": pages.confirm("T"),
        "me": pages.me("T"),
        "leave": pages.leave("T"),
        "own_words": pages.own_words("T"),
        "was_it_you": pages.was_it_you("T"),
        "support": pages.support,
    }
    assert set(made) == {name for name, _ in inspect.getmembers(Pages) if not name.startswith("_")} - {"base_url"}
    routes = site.app.url_map.bind("localhost")
    for address in made.values():
        assert routes.match(address.removeprefix(pages.base_url), method="GET")[0] != "static"
