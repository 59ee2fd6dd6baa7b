"""The page on reading mail shows the commands that are understood."""

import re

from dripcourse.inbound.commands.command import command_in
from dripcourse.inbound.commands.command_words import ORDERS
from tests.house.rooms import ROOT

ROW = re.compile(r"\| `([\w ]+)` \|[^|]*\| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
QUOTED = ('"unsubscribe me"', '"pause for three weeks"', '"drei Wochen Pause"')


def test_every_command_that_the_page_shows_is_understood_and_none_is_left_out() -> None:
    page = (ROOT / "docs" / "reading-mail.md").read_text(encoding="utf-8")
    rows = ROW.findall(page.split("## Commands by reply")[1].split("\n## ")[0])
    assert [row[0] for row in rows] == list(ORDERS["en"].commands)
    for name, *said in rows:
        assert command_in(name) == name
        for language, phrase in zip(("de", "fr", "es"), said, strict=True):
            assert command_in(phrase, (language,)) == name, phrase
    for phrase in QUOTED:
        assert phrase in page
        assert command_in(phrase, ("de",)) is not None
