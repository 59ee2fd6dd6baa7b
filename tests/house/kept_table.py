"""The table of docs/privacy.md that says what the database keeps, made from `domain.kept`: `python -m tests.house.kept_table`."""

import re
import tomllib
from pathlib import Path

from dripcourse.domain.data_inventory import KEPT
from tests.house.rooms import ROOT

FILE = ROOT / "docs" / "privacy.md"
_HEAD = "| What | In what form | For how long | Who can read it | Where |\n|---|---|---|---|---|\n"
_TABLE = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")


def render() -> str:
    """The whole table, in the words of the page."""
    words = tomllib.loads((ROOT / "templates/words/en.toml").read_text(encoding="utf-8"))["pages"]
    rows = []
    for each in KEPT:
        said = (
            words["privacy_things"][each.name],
            words["privacy_forms"][each.form],
            words["privacy_until"][each.until],
            words["privacy_who"][each.who],
            " ".join(f"`{column}`" for column in each.columns),
        )
        rows.append(f"| {' | '.join(said)} |\n")
    return _HEAD + "".join(rows)


def shown(path: Path = FILE) -> str:
    """The table as the document has it; '' if it has none."""
    found = _TABLE.search(path.read_text(encoding="utf-8"))
    return found[0] if found else ""


if __name__ == "__main__":
    FILE.write_text(_TABLE.sub(lambda _: render(), FILE.read_text(encoding="utf-8")), encoding="utf-8")
