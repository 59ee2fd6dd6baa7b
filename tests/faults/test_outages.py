"""A provider that is away for long: on return each reader gets one lesson, and the others follow at the pace."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from dripcourse.domain.mail import Transport
from dripcourse.fakes.script import Manner, Step
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.transports.sendgrid.transport import Sendgrid
from tests.faults.conftest import Small, enroll_many
from tests.faults.receivers import Switch
from tests.faults.truth import judge, seen
from tests.support.house import MONDAY, House
from tests.transports.contract import read

DOWN = Step(Manner.REFUSE, 503)


def steps(trouble: Switch) -> Iterator[Step]:
    while True:
        yield DOWN if trouble.on else Step()


def run_days(house: House, days: int) -> None:
    for _ in range(2 * days):
        house.tick()
        house.turn(hours=12)


def test_a_provider_that_is_down_for_a_week_costs_each_reader_a_delay_and_no_burst(small: Small) -> None:
    down, houses = Switch(), list[House]()
    fake = FakeSendgrid(Account(steps(down)), lambda: houses[0].now if houses else MONDAY)
    fake.start()
    with closing(Sendgrid("SG.fake", fake.url)) as door:
        wire: Transport = door
        house = small(transport=wire)
        houses.append(house)
        readers = enroll_many(house, 5)
        run_days(house, 6)
        before = len(fake.account.taken)
        down.turn(on=True)
        run_days(house, 8)
        assert len(fake.account.taken) == before
        down.turn(on=False)
        run_days(house, 3)
        back = Counter(mail.to for mail in fake.account.taken[before:])
        assert back == dict.fromkeys(readers, 1)
        run_days(house, 24)
    fake.stop()
    verdict = judge((seen(read(mail.raw())) for mail in fake.account.taken), set(readers), lessons=4)
    assert verdict.kept, verdict
