"""What may stand in course.toml, in a lesson's front matter and in support.toml; and every wrong value as a sentence."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from dripcourse.content.sources import Fields
from dripcourse.content.suggestion import suggestion
from dripcourse.domain.course import UNSAID
from dripcourse.domain.errors import Fault

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Slugs and covers: they stand in addresses and links."""
MAX_NAME = 48
"""`subscribe+COVER` must fit the 64 characters of a mail address's left side."""
MAX_SUBJECT = 200
_PERSPECTIVE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def wrong(says: str) -> PydanticCustomError:
    """A fault of a value, as the rest of a sentence that begins with the key."""
    # pydantic formats the words; braces in them are ours
    return PydanticCustomError("wrong", "{says}", {"says": says})


def one_line(text: str) -> str:
    """A text on one line, without anything that does not print and without Jinja."""
    if _LINE_BREAKS & set(text):
        raise wrong("holds a line break; write it on one line")
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise wrong("holds a character that does not print")
    if re.search(r"\{[{%#]", text):
        raise wrong("is taken as it stands; it cannot hold Jinja")
    text = text.strip()
    if not text:
        raise wrong("is empty")
    return text


def _subject(text: str) -> str:
    if len(text) > MAX_SUBJECT:
        raise wrong(f"is {len(text)} characters long; a subject has at most {MAX_SUBJECT}")
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text) or len(text) > MAX_NAME:
        raise wrong(f"must be small letters, digits and single hyphens, at most {MAX_NAME}, such as slow-letters")
    return text


def _language(text: str) -> str:
    try:
        Locale.parse(text, sep="-")
    except (ValueError, UnknownLocaleError):
        raise wrong("must be a language tag, such as en, de or pt-BR") from None
    return text


def _perspective(text: str) -> str:
    if text == UNSAID:
        raise wrong(f"cannot be a perspective: `{UNSAID}` stands for who did not say")
    if not _PERSPECTIVE.fullmatch(text):
        raise wrong("cannot be a perspective: use small letters, digits, - and _")
    return text


def _page(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"'<>]+", text):
        raise wrong("must be a whole address that begins with https://")
    return text


def _country_code(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}|INT", text):
        raise wrong("must be two capital letters, such as GB, or INT for lines of many countries")
    return text


Line = Annotated[str, AfterValidator(one_line)]
Subject = Annotated[Line, AfterValidator(_subject)]
Cover = Annotated[str, AfterValidator(_name)]
Page = Annotated[Line, AfterValidator(_page)]
Audience = Literal["abuse", "despair", "talk", "children", "harm"]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CourseFile(_File):
    """course.toml."""

    title: Line = Field(description='what the course is called, such as title = "A slow autumn"')
    cover: Cover = Field(description='the discreet name that readers and mailboxes see, such as cover = "slow-letters"')
    from_name: Line = Field(description='the sender that a mailbox shows, such as from_name = "Slow Letters"')
    language: Annotated[str, AfterValidator(_language)] = Field(description='such as language = "en"')
    pace: Literal["weekly", "two-weeks", "four-weeks"] = Field(description='such as pace = "weekly"')
    perspectives: dict[Annotated[str, AfterValidator(_perspective)], Line] = {}
    headings: dict[str, Line] = {}
    summary: str = ""
    credit: str = ""
    after: str = ""


class LessonFile(_File):
    """A lesson's front matter; `prompt` comes as one text per reading."""

    subject: Subject = Field(description="the discreet line that a mailbox shows, such as subject: Letter 3")
    title: Line | None = None
    subject_plain: Subject | None = None
    preview: Line | None = None
    prompt: dict[str, str] | None = None


class LineFile(_File):
    """One help line of support.toml."""

    name: Line = Field(description="the line's own name")
    whom: Audience = Field(alias="for", description="who it is for: abuse, despair, talk, children or harm")
    says: Line = Field(description="one sentence: who answers, for whom, when")
    phone: Line | None = None
    text: Line | None = None
    web: Page | None = None
    source: Page = Field(description="the page that states these facts")
    checked: date = Field(description="the day somebody compared them, such as checked = 2026-11-23")
    note: str | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> "LineFile":
        if not (self.phone or self.text or self.web):
            raise wrong("can be reached in no way: give it a `phone`, a `text` or a `web`")
        return self


class CountryFile(_File):
    """One country of support.toml."""

    code: Annotated[str, AfterValidator(_country_code)] = Field(description="two capital letters, or INT")
    name: Line = Field(description="the country's name")
    emergency: str = Field(description='the number to call in danger, such as emergency = "112" (empty only for INT)')
    line: list[LineFile] = Field(min_length=1, description="at least one [[country.line]]")

    @model_validator(mode="after")
    def _has_an_emergency_number(self) -> "CountryFile":
        if self.code != "INT" and not re.fullmatch(r"[0-9 +()/-]*[0-9][0-9 +()/-]*", self.emergency):
            raise wrong("needs an emergency number in `emergency`")
        return self


class SupportFile(_File):
    """support.toml."""

    country: list[CountryFile] = Field(min_length=1, description="at least one [[country]]")


M = TypeVar("M", bound=BaseModel)
_NESTED: dict[tuple[str, ...], type[BaseModel]] = {("country",): CountryFile, ("country", "line"): LineFile}


def check(model: type[M], fields: Fields, faults: list[Fault]) -> M | None:
    """The values as `model` wants them, or None and a fault for each that is wrong."""
    try:
        return model.model_validate(dict(fields.values))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = tuple(part for part in detail["loc"] if part != "[key]")
            faults.append(Fault(fields.file, fields.line(place), _sentence(model, detail)))
        return None


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> str:
    names = [part for part in detail["loc"] if isinstance(part, str) and part != "[key]"]
    key = f"`{names[-1]}`" if names else "this"
    around = _NESTED.get(tuple(names), model) if detail["type"] == "wrong" else _NESTED.get(tuple(names[:-1]), model)
    match detail["type"]:
        case "extra_forbidden":
            return f"{key} is not a key here; {suggestion(names[-1], _known(around))}"
        case "missing":
            return f"{key} is missing: {_hint(around, names[-1])}"
        case "wrong":
            return f"{key} {detail['msg']}"
        case "literal_error":
            return f"{key} must be {detail['ctx']['expected']}"
        case "too_short":
            return f"{key} is empty: {_hint(around, names[-1])}"
    return f"{key} {_KINDS.get(detail['type'], 'cannot be that')}"


_KINDS = {
    "string_type": "must be a text (in TOML: between quotes)",
    "dict_type": "must be one text, or a text for each name",
    "model_type": "must be a table of its own",
    "list_type": "must be written with double brackets, such as [[country]]",
    "date_type": "must be a day, such as 2026-11-23 without quotes",
}


def _known(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _hint(model: type[BaseModel], key: str) -> str:
    by_key: dict[str, Any] = {info.alias or name: info for name, info in model.model_fields.items()}
    return str(by_key[key].description)
