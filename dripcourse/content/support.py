"""The people who answer today: support.toml, which a host can edit without code."""

from collections.abc import Sequence
from pathlib import Path

from dripcourse.content.library import Country, HelpLine
from dripcourse.content.schema import LineFile, SupportFile, check
from dripcourse.content.sources import read_text, read_toml
from dripcourse.domain.errors import Fault

SUPPORT_FILE = "support.toml"


def read_support(folder: Path, faults: list[Fault]) -> Sequence[Country] | None:
    """What the support.toml in a folder says; None if it has none, or one with faults."""
    path = folder / SUPPORT_FILE
    if not path.exists():
        return None
    text = read_text(path, faults)
    fields = read_toml(str(path), text, faults) if text is not None else None
    file = check(SupportFile, fields, faults) if fields else None
    if fields is None or file is None:
        return None
    seen: dict[str, int] = {}
    for place, country in enumerate(file.country):
        line = fields.line(("country", place, "code"))
        if country.code in seen:
            says = f"country `{country.code}` is already there (line {seen[country.code]}); put its lines together"
            faults.append(Fault(str(path), line, says))
        seen.setdefault(country.code, line)
    return tuple(Country(each.code, each.name, each.emergency, tuple(map(_line, each.line))) for each in file.country)


def _line(line: LineFile) -> HelpLine:
    return HelpLine(
        line.name, line.whom, line.says, line.phone, line.text, line.web, line.source, line.checked, line.note
    )
