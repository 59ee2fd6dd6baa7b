"""Whatever opens every link of every mail changes nothing, scripts or not; ten times of it: `python -m tests.web.following`."""

from pathlib import Path

import pytest

from tests.web.following import follow, opened_site, state_of, whole_course


@pytest.mark.browser
def test_a_browser_that_opens_every_link_of_every_mail_leaves_everything_as_it_was(
    chromium: str, tmp_path: Path
) -> None:
    with opened_site(tmp_path, chromium) as (site, browser, base):
        whole_course(site)
        found = follow(site, browser, base, 1, of_a_kind=2)
        rooms = {path.split("/")[1] for path in found.paths}
        asked = {rule.rule.split("/")[1] for rule in site.app.url_map.iter_rules() if "token" in rule.arguments}
        assert asked <= rooms, "each kind of link was opened"
        assert found.mails > 15
        assert found.opened >= 15
        assert not found.changed
        assert not site.house.tick().accepted, "nor is anything sent for it"
        before = state_of(site)
        site.post(site.link("leave", "whole@example.org"))
        assert state_of(site) != before, "a press is seen"
