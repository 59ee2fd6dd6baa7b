"""After an outage of any length: one lesson, within a day, and the next at the pace. Through the real engine."""

from datetime import timedelta
from itertools import pairwise

import pytest

from dripcourse.db.models import Enrollment
from dripcourse.domain.pacing import Pace
from tests.faults.conftest import Small
from tests.years.judges import ELAPSED

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("outage", [HOUR, 9 * HOUR, DAY, 6 * DAY, 7 * DAY, 31 * DAY, 365 * DAY, 3653 * DAY], ids=str)
@pytest.mark.parametrize("pace", [Pace.WEEKLY, Pace.FOUR_WEEKS])
def test_after_an_outage_one_lesson_comes_within_a_day_and_the_next_at_the_pace(
    small: Small, pace: Pace, outage: timedelta
) -> None:
    house = small()
    ident = house.enroll(course="small", zone="America/New_York")
    house.tick()
    with house.parts.db.write() as session:
        session.get_one(Enrollment, ident).pace = pace
    house.turn(days=4, hours=4)  # the first lesson's hour is past when the outage begins
    house.tick(any_hour=False)
    before = len(house.mails())
    house.now += ELAPSED[pace] - DAY + outage
    back = house.now
    while house.now < back + 2 * (ELAPSED[pace] + 7 * DAY):
        house.tick(any_hour=False)
        house.turn(hours=8)
    came = [mail["Date"].datetime for mail in house.mails()]
    first, *others = came[before:]
    assert first - back <= (DAY if outage > 7 * DAY else 8 * DAY)
    assert all(ELAPSED[pace] - DAY <= later - earlier for earlier, later in pairwise([first, *others]))
    assert not others or others[0] - first <= ELAPSED[pace] + 6 * DAY
