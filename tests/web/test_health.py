"""What machines ask."""

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
