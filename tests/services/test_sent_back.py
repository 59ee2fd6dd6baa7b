"""Many mails sent back or refused at once: every light says it, lessons wait, one tries, and it is over by itself."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dripcourse.domain.delivery import Kind
from dripcourse.domain.events import Told
from dripcourse.domain.mail import Accepted, Outcome, Outgoing, Refused
from dripcourse.services.diagnostics.health import readiness
from dripcourse.services.diagnostics.needs import needs
from tests.services.test_events import Provider
from tests.services.test_returned import lives, row, tell
from tests.support.house import House, open_house


def names(house: House) -> dict[str, int]:
    return {need.kind: need.count for need in needs(house.parts, house.now)}


def ready(house: House) -> bool:
    return all(check.ok for check in readiness(house.parts, house.now, beat_within=timedelta(days=900)))


def enrolled(house: House, domains: int, each: int = 1) -> None:
    for number in range(domains):
        for reader in range(each):
            house.enroll(f"reader{reader}@d{number}.example.org")
    house.tick()
    house.turn(minutes=5)


def is_lesson(house: House, mail: Outgoing) -> bool:
    return row(house, mail).kind is Kind.LESSON


def test_many_sent_back_light_every_lamp_hold_lessons_and_end_when_one_stays(tmp_path: Path, database_url: str) -> None:
    provider = Provider()
    with open_house(tmp_path, database_url, transport=provider) as house:
        enrolled(house, 8)
        assert ready(house)
        for mail in provider.given[:3]:
            tell(house, mail, Told.POLICY)
        assert names(house)["returned"] == names(house)["held"] == 3
        [said] = [need.reason for need in needs(house.parts, house.now) if need.kind == "returned"]
        assert "they say policy" in said
        assert not ready(house)
        before = len(provider.given)
        house.enroll("another@elsewhere.example.org")
        house.tick()
        assert len(provider.given) == before
        house.turn(hours=6)
        house.tick()
        assert len(provider.given) == before + 1
        house.enroll("onemore@elsewhere.example.org")
        house.tick()
        assert len(provider.given) == before + 1
        house.turn(hours=6)
        house.tick()
        assert len(provider.given) == before + 2
        assert "returned" not in names(house)


def test_a_lesson_that_was_to_try_and_comes_back_keeps_lessons_waiting(tmp_path: Path) -> None:
    provider = Provider()
    with open_house(tmp_path, transport=provider) as house:
        enrolled(house, 6)
        for mail in provider.given[:3]:
            tell(house, mail, Told.POLICY)
        for number in range(4):
            house.enroll(f"later{number}@elsewhere.example.org")
        for _ in range(3):
            house.turn(hours=6, minutes=1)
            before = len(provider.given)
            house.tick()
            assert len(provider.given) == before + 1
            house.turn(minutes=10)
            tell(house, provider.given[-1], Told.POLICY)
        assert names(house)["returned"] >= 3


@pytest.mark.parametrize(
    ("domains", "each", "back", "kind"),
    [(1, 20, 3, Told.POLICY), (8, 1, 2, Told.POLICY), (8, 1, 8, Told.FULL), (8, 1, 8, Told.DEFERRED)],
)
def test_few_at_one_domain_or_full_mailboxes_keep_nobody_else_waiting(
    tmp_path: Path, domains: int, each: int, back: int, kind: Told
) -> None:
    provider = Provider()
    with open_house(tmp_path, transport=provider) as house:
        enrolled(house, domains, each)
        for mail in provider.given[:back]:
            tell(house, mail, kind)
        assert "returned" not in names(house)
        before = len(provider.given)
        house.enroll("another@elsewhere.example.org")
        house.tick()
        assert len(provider.given) == before + 1


def test_one_in_five_of_all_is_many_also_at_one_provider(tmp_path: Path) -> None:
    provider = Provider()
    with open_house(tmp_path, transport=provider) as house:
        enrolled(house, 1, 10)
        for mail in provider.given[:3]:
            tell(house, mail, Told.POLICY)
        assert names(house)["returned"] == 3


class Refuses(Provider):
    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self.given.append(mail)
        return Refused("554 5.7.1 not from you") if "refused" in mail.to else Accepted("name")


def test_many_refused_are_told_likewise_and_a_full_mailbox_is_told_without_a_red_light(tmp_path: Path) -> None:
    provider = Refuses()
    with open_house(tmp_path, transport=provider) as house:
        house.enroll("full@example.org")
        house.tick()
        tell(house, provider.given[0], Told.FULL)
        assert names(house) == {"waiting": 1}
        assert ready(house)
        for number in range(3):
            house.enroll(f"refused@d{number}.example.org")
        house.tick()
        assert names(house)["returned"] == names(house)["held"] == 3
        assert not ready(house)


def test_lessons_that_waited_all_go_on_when_it_is_over(tmp_path: Path) -> None:
    provider = Provider()
    with open_house(tmp_path, transport=provider) as house:
        enrolled(house, 8)
        for mail in provider.given[:3]:
            tell(house, mail, Told.POLICY)
        lives(house, 20)
        gone = {mail.to for mail in provider.given if is_lesson(house, mail) and row(house, mail).lesson != "welcome"}
        assert gone == {f"reader0@d{number}.example.org" for number in range(3, 8)}
