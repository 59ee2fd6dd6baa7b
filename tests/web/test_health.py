"""What machines ask."""

from dripcourse.db.models import Beat
from dripcourse.domain.incoming import Arrival, Door
from dripcourse.services import incidents
from dripcourse.services.incoming import store
from tests.web.conftest import Site


def test_it_is_alive_whatever_the_database_does(site: Site) -> None:
    answer = site.get("/healthz")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"ok\n", "text/plain")


def test_it_is_ready_while_somebody_ticks(site: Site) -> None:
    assert site.get("/readyz").status_code == 503
    site.house.tick()
    ready = site.get("/readyz")
    assert ready.status_code == 200
    assert ready.get_data(as_text=True).splitlines() == [
        "ok: database answers",
        "ok: schema is the one this version wants",
        "ok: beat somebody ticks",
        "ok: mail can leave",
        "ok: arrivals are handled",
    ]
    site.house.turn(seconds=99)
    assert site.get("/readyz").status_code == 200
    site.house.turn(seconds=2)
    late = site.get("/readyz")
    assert late.status_code == 503
    assert "dripcourse worker" in late.get_data(as_text=True)


def test_an_old_schema_is_named_with_what_to_do(site: Site) -> None:
    site.house.tick()
    with site.house.parts.db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert "NOT OK: schema" in answer.get_data(as_text=True)
    assert "dripcourse db upgrade" in answer.get_data(as_text=True)


def test_a_database_that_is_away_is_named(site: Site) -> None:
    site.house.parts.db.close()
    file = site.house.folder / "truth.db"
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert "NOT OK: database" in answer.get_data(as_text=True)
    assert "@" not in answer.get_data(as_text=True)


def test_a_message_that_nobody_handles_is_told(site: Site) -> None:
    store.store(site.house.parts, Arrival(Door.PIPE, b"Subject: hello\n\nhello"), site.house.now)
    for minutes, status in ((0, 200), (59, 200), (2, 503)):
        site.house.turn(minutes=minutes)
        with site.house.parts.db.write() as session:
            session.merge(Beat(id="b" * 26, started_at=site.house.now, beat_at=site.house.now))
        assert site.get("/readyz").status_code == status
    assert "NOT OK: arrivals" in site.get("/readyz").get_data(as_text=True)


def test_a_trouble_is_told_until_it_is_over_or_nobody_meets_it_any_more(site: Site) -> None:
    parts, house = site.house.parts, site.house
    house.tick()
    incidents.note(parts, "mailbox", "the mailbox does not answer", house.now)
    assert "NOT OK: mailbox the mailbox does not answer" in site.get("/readyz").get_data(as_text=True)
    with parts.db.write() as session:
        incidents.over(session, "mailbox")
    assert site.get("/readyz").status_code == 200
    incidents.note(parts, "mailbox", "the mailbox does not answer", house.now)
    house.turn(minutes=61)
    assert "mailbox" not in site.get("/readyz").get_data(as_text=True)
