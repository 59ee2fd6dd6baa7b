"""What a reader does with a phrase, as a browser posts it."""

import re

from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.crypto.passphrase import Cost
from dripcourse.services.links import of_link
from dripcourse.services.replies import reader_keys
from tests.web.conftest import Site

PHRASE = "three herons and a kettle"
OTHER = "seven kettles and no heron"


def own(path: str) -> str:
    """The page of own words that belongs to a link to the reader's page."""
    return path + "/own"


def hidden(html: str, button: str) -> dict[str, str]:
    """The hidden fields of the form that holds a button."""
    form = next(each for each in html.split("<form")[1:] if f'value="{button}"' in each.partition("</form>")[0])
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form.partition("</form>")[0]))


def set_phrase(site: Site, path: str, phrase: str = PHRASE) -> None:
    """As the page does it, but that a try is cheap: what a try takes stands in the row, and everything later goes by that."""
    with site.house.parts.db.read() as session:
        subscriber = of_link(site.house.parts, session, path.rpartition("/")[2])[1].subscriber_id
    cheap = Cost(passes=1, mebibytes=1)
    reader_keys.with_phrase(site.house.parts, subscriber, phrase, new_id(), site.house.now, lambda *_: None, cheap)


def set_by_hand(site: Site, path: str, phrase: str = PHRASE) -> str:
    """On the page, at its full cost."""
    fields = hidden(site.get(own(path)).get_data(as_text=True), "set")
    answer = site.post(own(path), do="set", phrase=phrase, phrase_again=phrase, **fields)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def read(site: Site, path: str, phrase: str = PHRASE, do: str = "read") -> str:
    return site.post(own(path), do=do, phrase=phrase).get_data(as_text=True)
