"""What the engine itself says, per language: words/LANGUAGE.toml, with English for whatever a language leaves out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dripcourse.content.jinja import faults_in
from dripcourse.content.library import FALLBACK, Table, Words, merged
from dripcourse.content.sources import Fields, KeyPath, read_text, read_toml
from dripcourse.content.suggestion import suggestion
from dripcourse.domain.errors import Fault

HOSTS_WORDS = "_words"
"""A folder of this name in COURSES_DIR adds languages, and overrides single words of one that is there."""
MAIL_WORDS = (
    "next_date", "promised", "support_url", "clean_copy_url", "me_url", "leave_url", "confirm_url",
    "number", "total", "every", "since", "subject", "day", "state", "accept_url", "start_url", "read_url", "own_url",
)  # fmt: skip
"""What the words of [mail] can name."""


def read_words(folders: Sequence[Path], faults: list[Fault]) -> Words | None:
    """The words in these folders, a later folder over an earlier one; None if English itself cannot be read."""
    tables: dict[str, Table] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            text = read_text(path, faults)
            fields = read_toml(str(path), text, faults) if text is not None else None
            if fields:
                faults += _faults(fields, tables.get(FALLBACK, fields.values))
                tables[path.stem] = merged(tables.get(path.stem, {}), fields.values)
    return Words(tables) if FALLBACK in tables else None


def _faults(fields: Fields, english: Table) -> Iterator[Fault]:
    yield from _strangers(fields, fields.values, english, ())
    for path, says in _texts(fields.values.get("mail", {}), ("mail",)):
        yield from faults_in(says, file=fields.file, line=fields.line(path), words=MAIL_WORDS)


def _strangers(fields: Fields, table: Table, english: Table, path: KeyPath) -> Iterator[Fault]:
    for key, value in table.items():
        here, model = (*path, key), english.get(key)
        if model is None:
            says = f"`{key}` is not a word that dripcourse says; {suggestion(key, list(english))}"
            yield Fault(fields.file, fields.line(here), says)
        elif isinstance(model, dict) != isinstance(value, dict) or not isinstance(value, str | dict):
            kind = "table" if isinstance(model, dict) else "text"
            yield Fault(fields.file, fields.line(here), f"`{key}` must be a {kind}")
        elif isinstance(value, dict):
            yield from _strangers(fields, value, model, here)


def _texts(table: Table, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _texts(value, (*path, key))
        elif isinstance(value, str):
            yield (*path, key), value
