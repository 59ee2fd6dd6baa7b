"""Nothing is kept that is not described: `domain.kept` and the schema name the same columns, each once."""

from collections import Counter

from sqlalchemy import LargeBinary

from dripcourse.db.models import Base
from dripcourse.db.queries.sealed import PLACES
from dripcourse.domain.data_inventory import KEPT, Form, Sort, columns_of, grouped

SCHEMA = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
DESCRIBED = Counter(column for each in KEPT for column in each.columns)


def test_every_column_is_described_and_every_description_has_its_column() -> None:
    assert SCHEMA - DESCRIBED.keys() == set(), (
        "say in domain/data_inventory.py what these hold, how, for how long and for whom"
    )
    assert DESCRIBED.keys() - SCHEMA == set(), "these stand in domain/data_inventory.py and in no table"


def test_nothing_is_described_twice() -> None:
    assert {column for column, count in DESCRIBED.items() if count > 1} == set()
    assert len({each.name for each in KEPT}) == len(KEPT)


def test_whatever_a_change_of_keys_seals_anew_is_described_as_sealed() -> None:
    sealed = {(place.column.class_.__tablename__, place.column.key) for place in PLACES}
    assert set(columns_of(Form.SEALED)) == sealed


def test_what_is_called_sealed_or_a_fingerprint_is_bytes() -> None:
    for table, name in columns_of(Form.SEALED, Form.OWN, Form.FINGERPRINT):
        assert isinstance(Base.metadata.tables[table].columns[name].type, LargeBinary), f"{table}.{name}"


def test_every_sort_has_something_and_nothing_is_in_two() -> None:
    groups = list(grouped())
    assert [sort for sort, _ in groups] == list(Sort)
    assert all(things for _, things in groups)
    assert sum(len(things) for _, things in groups) == len(KEPT)
