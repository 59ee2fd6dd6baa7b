"""A site: the app on a real installation, a client without cookies, and the links that its mails hold."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dripcourse.db import schema
from dripcourse.db.session import Database
from dripcourse.services.journal import Journal
from dripcourse.transports.outbox import Outbox
from dripcourse.web.app import create_app
from tests.support.house import MONDAY, House, open_house
from tests.support.once import with_tables

COVER = "slow-letters"


@dataclass(repr=False)
class Site:
    """An app and the house it serves."""

    house: House
    app: Flask
    visitors: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client(use_cookies=False)

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, **options)  # type: ignore[arg-type]

    def post(self, path: str, /, **fields: str) -> TestResponse:
        """A post from somewhere new each time, so that only the tests of limits meet them."""
        number = next(self.visitors)
        address = f"10.0.{number // 256}.{number % 256}"
        return self.client.post(path, data=fields, environ_overrides={"REMOTE_ADDR": address})

    def sign_up(self, email: str = "reader@example.org", **fields: str) -> TestResponse:
        return self.post(f"/c/{COVER}", email=email, **fields)

    def link(self, purpose: str, to: str = "reader@example.org") -> str:
        """The path of the newest link of its kind in the mails to somebody."""
        bodies = [mail.get_body(("plain",)) for mail in self.house.mails(to)]
        links = [path for body in bodies if body for path in re.findall(rf"/{purpose}/[\w.-]+", body.get_content())]
        return str(links[-1])

    def asked(self, email: str = "reader@example.org", **fields: str) -> str:
        """Sign up, let a tick go by, and return the path behind the confirmation mail."""
        assert self.sign_up(email, **fields).status_code == 200
        self.house.tick()
        return self.link("confirm", email)

    def reading(self, email: str = "reader@example.org", **fields: str) -> str:
        """Sign up, confirm and get the welcome; returns the confirmation's path."""
        path = self.asked(email, **fields)
        self.house.turn(minutes=1)
        assert self.post(path).status_code == 200
        self.house.tick()
        return path

    def dump(self) -> str:
        """Every row of the database."""
        with sqlite3.connect(self.house.folder / "truth.db") as connection:
            return "\n".join(connection.iterdump())


@pytest.fixture(scope="session")
def still_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests that change nothing in it."""
    with open_house(tmp_path_factory.mktemp("still")) as house:
        yield Site(house, create_app(house.parts, house.clock))


@pytest.fixture
def site(still_site: Site, tmp_path: Path) -> Iterator[Site]:
    """One with a database, a journal and an outbox of its own; the course, which never changes, is read once."""
    shared = still_site.house.parts
    db = Database(with_tables(tmp_path / "truth.db"))
    schema.upgrade(db, now=MONDAY)
    parts = replace(
        shared, db=db, transport=Outbox(tmp_path / "outbox"), journal=Journal(tmp_path / "journal", shared.keys)
    )
    house = House(parts, tmp_path)
    yield Site(house, create_app(parts, house.clock))
    db.close()
