"""`dripcourse keys rotate`, as a host types it."""

from dripcourse.db.models import Base
from dripcourse.db.queries.sealed import PLACES
from tests.cli.line import Line

OLD = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def test_a_host_changes_keys_and_drops_the_old_one(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust", REPLY_KEYS=OLD)
    new = line("keys", "new").out.strip()
    changed = line("keys", "rotate", REPLY_KEYS=f"{new},{OLD}")
    assert changed.code == 0
    assert changed.out.startswith("2 things")  # the address, and what tells that the keys fit
    assert line("tick", REPLY_KEYS=new).json["accepted"] == 1


def test_a_key_that_is_missing_is_named_and_nothing_is_lost(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust", REPLY_KEYS=OLD)
    new = line("keys", "new").out.strip()
    refused = line("keys", "rotate", REPLY_KEYS=new)
    assert refused.code == 2
    assert "Put the old key back" in refused.err
    assert line("tick", REPLY_KEYS=OLD).json["accepted"] == 1


def test_every_column_that_is_sealed_by_reply_keys_is_sealed_anew() -> None:
    columns = {
        column for table in Base.metadata.tables.values() for column in table.c if column.name.endswith("_sealed")
    }
    to_readers_alone = {"reply.text_sealed", "reply.raw_sealed"}
    places = {str(place.column.property.columns[0]) for place in PLACES}
    assert {str(column) for column in columns} - to_readers_alone <= places
