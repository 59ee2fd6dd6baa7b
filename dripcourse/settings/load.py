"""Where settings come from: the environment, then a TOML file. Nothing else in dripcourse reads the environment.

Every fault is found before anything is said, so that a person mends the settings once and not five times.
"""

import os
import shlex
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from pydantic import SecretStr, ValidationError

from dripcourse.domain.errors import SettingsError
from dripcourse.settings import urls
from dripcourse.settings.about import ABOUT, Needs, read_by
from dripcourse.settings.model import Settings

CONFIG = "dripcourse.toml"
_FILE = "_FILE"
_NAMES = (*ABOUT, *(name + _FILE for name, about in ABOUT.items() if about.secret))
"""Every name that may be given: the settings, and for a secret the name of a file that holds it."""

Problems = dict[str, str]
"""What is wrong, by the name of the setting; one complaint each, the first that was found."""


def load_settings(
    *,
    config: Path | None = None,
    needs: Needs = Needs.ALL,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """The settings from the environment and, where it says nothing, from `config` (else `./dripcourse.toml`, if there is one).

    Raises SettingsError with the whole list of what is missing or wrong in what `needs` reads. Relative paths start at `cwd`.
    """
    here = (cwd or Path()).absolute()
    problems: Problems = {}
    given = _from_toml(config, here, problems)
    surroundings = os.environ if environ is None else environ  # noqa: TID251 - the one reader of the environment
    given |= {name: surroundings[name] for name in _NAMES if name in surroundings}
    texts = _one_source_each(given, tuple(read_by(needs)), here, problems)
    texts = {name: text.strip() for name, text in texts.items() if _is_one_line(name, text, problems)}
    settings = _validated(texts, here, problems)
    if needs is Needs.ALL:
        _require(settings, texts, problems)
    if problems:
        order = {name: place for place, name in enumerate(ABOUT)}
        raise SettingsError([problems[name] for name in sorted(problems, key=lambda name: order.get(name, -1))])
    return _with_defaults(settings, texts, here)


def key_files(
    *, config: Path | None = None, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> set[Path]:
    """The files that hold a key or a password: the settings file if one stands in it, and those that NAME_FILE names."""
    here = (cwd or Path()).absolute()
    told = _from_toml(config, here, {})
    surroundings = os.environ if environ is None else environ  # noqa: TID251 - as above
    secret = [name for name, about in ABOUT.items() if about.secret]
    found = {here / each[name + _FILE] for each in (told, surroundings) for name in secret if each.get(name + _FILE)}
    if any(name in told and ("://" not in told[name] or "@" in told[name]) for name in secret):
        found.add(here / (config or CONFIG))
    return found


# -- what was given -----------------------------------------------------------------------------------------------------
def _from_toml(config: Path | None, here: Path, problems: Problems) -> dict[str, str]:
    path = here / (config or CONFIG)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        if config or not isinstance(error, FileNotFoundError):
            problems[str(path)] = f"The settings file {path} cannot be read: {error.strerror}."
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        why = error if isinstance(error, tomllib.TOMLDecodeError) else "it is not in UTF-8"
        problems[str(path)] = f"The settings file {path} is not TOML: {why}."
    else:
        return _named(table, path, problems)
    return {}


def _named(table: Mapping[str, object], path: Path, problems: Problems) -> dict[str, str]:
    """The file's settings by their names in capitals."""
    given: dict[str, str] = {}
    for key, value in table.items():
        name = key.upper()
        text = _text(value)
        if name not in _NAMES or key not in (name, name.lower()):
            problems[key] = f"{key} in {path} is no setting.{_did_you_mean(name)}"
        elif name in given:
            problems[key] = f"{name} stands twice in {path}, in small letters and in capitals. Leave one out."
        elif text is None:
            problems[key] = f"{key} in {path} is neither a text in quotes nor a number. Write it as a text in quotes."
        else:
            given[name] = text
    return given


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    return None


def _did_you_mean(name: str) -> str:
    near = get_close_matches(name, _NAMES, n=1)
    return f" Did you mean {near[0].lower()}?" if near else " docs/settings.md lists them all."


def _one_source_each(
    given: Mapping[str, str], names: tuple[str, ...], here: Path, problems: Problems
) -> dict[str, str]:
    """The texts of the settings in `names`, from a file where NAME_FILE says so."""
    texts = {name: given[name] for name in names if name in given}
    for name in names:
        file = given.get(name + _FILE)
        if file is None:
            continue
        if name in texts:
            problems[name] = f"{name} and {name}{_FILE} are both given. Leave one out."
            continue
        try:
            texts[name] = (here / file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:  # ValueError: not in UTF-8, or a NUL in the path
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            problems[name] = (
                f"{name}{_FILE} names a file that cannot be read ({why}). Give the path of a file that holds {name}."
            )
    return texts


def _is_one_line(name: str, text: str, problems: Problems) -> bool:
    """Whether a text is fit to be read at all: not blank, and nothing in it that could break a header, a log line or a database."""
    if not text.strip():
        problems.setdefault(name, _sentence(name, "is empty; give it a value or leave it out"))
    elif any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        problems.setdefault(
            name, _sentence(name, "holds a line break or another control character; it wants a single line")
        )
    return name not in problems


# -- what it means ------------------------------------------------------------------------------------------------------
def _validated(texts: Mapping[str, str], here: Path, problems: Problems) -> Settings:
    """The settings, those of the texts that were wrong at their defaults."""
    try:
        return Settings.model_validate(texts, context={"cwd": here})
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): str(fault.get("ctx", {}).get("error", fault["msg"])) for fault in error.errors()}
    for name, complaint in wrong.items():
        problems[name] = _sentence(name, complaint)
    return Settings.model_validate(
        {name: text for name, text in texts.items() if name not in wrong}, context={"cwd": here}
    )


def _require(settings: Settings, texts: Mapping[str, str], problems: Problems) -> None:
    required = {name for name, about in ABOUT.items() if about.required}
    if isinstance(settings.mail_url, urls.SendgridUrl):
        required.add("SENDGRID_API_KEY")
    for name in required - texts.keys():
        problems.setdefault(name, _sentence(name, f"is missing. {ABOUT[name].meaning.rstrip('.')}"))


def _sentence(name: str, complaint: str) -> str:
    example = ABOUT[name].example
    shown = example if example.startswith("$") else shlex.quote(example)
    return f"{name} {complaint}. Write for example {name}={shown}"


def _with_defaults(settings: Settings, texts: Mapping[str, str], here: Path) -> Settings:
    """The settings with every default that hangs on another setting."""
    data = here / settings.data_dir
    database = (
        urls.sqlite_path(settings.database_url.get_secret_value())
        if "DATABASE_URL" in texts
        else data / "dripcourse.db"
    )
    defaults = {
        "DATA_DIR": ("data_dir", data),
        "MAIL_URL": ("mail_url", urls.OutboxUrl(data / "outbox")),
        "JOURNAL_DIR": ("journal_dir", (database.parent if database else data) / "journal"),
        "SYSTEM_FROM": ("system_from", settings.mail_from),
    }
    update: dict[str, object] = {field: value for name, (field, value) in defaults.items() if name not in texts}
    if database and "DATABASE_URL" not in texts:
        update["database_url"] = SecretStr(urls.sqlite_url(database))
    return settings.model_copy(update=update)
