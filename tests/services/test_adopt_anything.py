"""Whatever readers did before and after a backup: restored and adopted, those live who lived in it and live in truth."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.services.enrollment import lifecycle, suppression
from dripcourse.services.enrollment.enroll import Wish
from dripcourse.services.privacy import erase
from dripcourse.services.recovery import adopt
from dripcourse.services.signup import confirm
from dripcourse.services.signup import request as signup_request
from tests.support.house import House, open_house

READERS = ("anna@example.org", "ben@example.org")
ACTS = ("leave", "return", "start over", "never again", "bounce", "erase", "time")
Act = tuple[str, str]
"""What somebody did: the act, and whose it is. "backup" is everybody's."""

acts = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(READERS)), max_size=6)


def enrollments(house: House, reader: str | None = None, *, live: bool = True) -> list[Enrollment]:
    with house.parts.db.read() as session:
        rows = session.scalars(
            select(Enrollment).join(Subscriber).order_by(Enrollment.created_at, Enrollment.id)
            if reader is None
            else select(Enrollment)
            .join(Subscriber)
            .where(Subscriber.address_index == house.parts.keys.index(reader))
            .order_by(Enrollment.created_at)
        ).all()
    return [row for row in rows if not live or row.state in LIVE]


def living(house: House) -> set[str]:
    return {row.id for row in enrollments(house)}


def do(house: House, act: str, reader: str) -> None:
    """As it is done through the product; what cannot be done (leaving twice) is left."""
    house.turn(days=2)
    parts, now = house.parts, house.now
    here = enrollments(house, reader)
    match act:
        case "leave":
            with parts.db.write() as session:
                for row in here:
                    lifecycle.end(parts, session, session.get_one(Enrollment, row.id), LeftReason.ASKED, now)
        case "return" | "start over" if not here:
            request = signup_request.request(parts, Wish(reader, "rebuilding-trust", consent="Yes."), now)
            signup_request.decide(parts, now)
            token = parts.keys.web_token(request, "confirm")
            confirm.confirm(parts, token, None, now, start_over=act == "start over")
        case "never again":
            with parts.db.write() as session:
                suppression.suppress(parts, session, [parts.keys.index(reader)], "never", now)
        case "bounce":
            with parts.db.write() as session:
                suppression.suppress(parts, session, [parts.keys.index(reader)], "bounced", now)
        case "erase" if enrollments(house, reader, live=False):
            erase.erase(parts, reader, now)


def copied(house: House, to: Path) -> Path:
    house.parts.db.scrub()
    to.mkdir()
    shutil.copyfile(house.folder / "truth.db", to / "truth.db")
    return to


def lived_through(folder: Path, before: Sequence[Act], after: Sequence[Act]) -> tuple[set[str], set[str], set[str]]:
    """Who lived in the backup, who lives in truth, and who lives in what was restored and adopted."""
    with open_house(folder) as house:
        for reader in READERS:
            house.enroll(reader)
        for act, reader in before:
            do(house, act, reader)
        saved, backup = living(house), copied(house, folder / "backup")
        for act, reader in after:
            do(house, act, reader)
        truth, now = living(house), house.now
    with open_house(backup, now=now, JOURNAL_DIR=str(folder / "journal")) as house:
        adopt.adopt(house.parts, now)
        once = living(house)
        adopt.adopt(house.parts, now)
        assert living(house) == once  # repeating it changes nothing
        return saved, truth, once


A, B = READERS


@given(before=acts, after=acts)
@example(before=[("leave", A), ("return", A)], after=[])  # came back before the backup
@example(before=[], after=[("leave", A), ("return", A)])  # the backup knows of neither
@example(before=[("leave", A)], after=[("return", A)])  # a journal ends and never begins
@example(before=[("leave", A), ("return", A)], after=[("leave", A)])
@example(before=[("leave", A), ("return", A)], after=[("erase", A), ("return", A)])
@example(before=[("erase", A), ("return", A)], after=[("leave", B), ("start over", B)])
@example(before=[], after=[("leave", A), ("never again", A), ("return", A)])
@example(before=[], after=[("bounce", A), ("return", A)])
@example(before=[("bounce", A)], after=[("return", A), ("bounce", B)])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_after_adopting_those_live_who_lived_in_the_backup_and_live_in_truth(
    tmp_path_factory: object, before: list[Act], after: list[Act]
) -> None:
    folder = tmp_path_factory.mktemp("lives")  # type: ignore[attr-defined]
    saved, truth, adopted = lived_through(folder, before, after)
    assert adopted == saved & truth


def test_whoever_is_never_to_be_written_to_again_is_not_after_a_restoration_either(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll(A)
        do(house, "leave", A)
        backup = copied(house, tmp_path / "backup")
        do(house, "never again", A)
        now = house.now
    with open_house(backup, now=now, JOURNAL_DIR=str(tmp_path / "journal")) as house:
        adopt.adopt(house.parts, now)
        signup_request.request(house.parts, Wish(A, "rebuilding-trust", consent="Yes."), now)
        house.turn(days=2)
        house.tick()
        assert house.mails() == []
