"""Documents are tested: every command, setting, link and line of mail that they show is real."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dripcourse.content.load import load_library
from dripcourse.domain.errors import CourseError
from dripcourse.settings import ABOUT
from tests.house import cli_reference, kept_table
from tests.house.documents import Shown, anchors, blocks, commands, documents, links
from tests.house.rooms import ROOT

REGISTRIES = re.compile(
    r"(?i)\b(?:pypi\.(?:org|python\.org)|pythonhosted\.org|npmjs\.(?:com|org)|unpkg\.com|jsdelivr\.net|anaconda\.org|crates\.io|"
    r"rubygems\.org|proxy\.golang\.org|(?:docker|quay|ghcr)\.io)\b"
)
SETTING = re.compile(r"(?<![\w/.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w(])")
NO_SETTING = {"FOR_UPDATE", "SKIP_LOCKED", "ID_OR_ADDRESS"}

each_document = pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))


def test_the_reference_of_commands_is_what_the_program_says() -> None:
    made, there = cli_reference.render(), cli_reference.FILE.read_text(encoding="utf-8")
    assert there == made, "run: python -m tests.house.cli_reference"


def every_command() -> Iterator[Shown]:
    for path in documents():
        yield from commands(path)


def test_every_command_that_is_shown_is_a_real_one() -> None:
    wrong = [
        f"{shown.where}: dripcourse {' '.join(shown.words)}"
        for shown in every_command()
        if _parses(shown.words) is shown.not_yet
    ]
    assert wrong == []


def test_there_are_commands_to_look_at() -> None:
    shown = {" ".join(each.words[:2]) for each in every_command()}
    assert {
        "course new",
        "course check",
        "subscriber add",
        "deliveries list",
        "db upgrade",
        "worker",
        "keys new",
    } <= shown


def _parses(words: tuple[str, ...]) -> bool:
    """Whether the program would know the command, every option and how many words it takes. What the words mean is not asked."""
    command: click.Command = cli_reference.dripcourse
    context, rest = click.Context(command, info_name="dripcourse"), list(words)
    try:
        while isinstance(command, click.Group):
            _, rest, _ = command.make_parser(context).parse_args(rest)
            if not rest:
                return True  # the group itself is meant
            inner = command.get_command(context, rest[0])
            if inner is None:
                return False
            command, rest = inner, rest[1:]
            context = click.Context(command, info_name=command.name, parent=context)
        plain = [re.sub(r"^\[(.*)\]$", r"\1", word) for word in rest if word not in ("...", "…")]
        _, left, _ = command.make_parser(context).parse_args(plain)
    except click.UsageError:
        return False
    return not left


def test_a_wrong_command_would_be_noticed() -> None:
    assert _parses(("tick", "--at", "2026-01-01T00:00:00Z"))
    for words in (
        ("tock",),
        ("tick", "--on", "x"),
        ("subscriber", "adopt"),
        ("keys", "new", "twice"),
        ("tick", "--at"),
    ):
        assert not _parses(words)


@each_document
def test_every_setting_that_is_named_exists(path: Path) -> None:
    known = {*ABOUT, *(f"{name}_FILE" for name, about in ABOUT.items() if about.secret), *NO_SETTING}
    assert set(SETTING.findall(path.read_text(encoding="utf-8"))) - known == set()


@each_document
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_document
def test_no_document_names_a_package_registry(path: Path) -> None:
    assert REGISTRIES.findall(path.read_text(encoding="utf-8")) == []


def test_every_page_can_be_found_from_the_readme() -> None:
    found, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        found.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in found:
                todo.append(target)
    assert set(documents()) - found == set()


def test_the_page_on_privacy_names_every_column_as_it_is_described() -> None:
    assert kept_table.shown() == kept_table.render(), "run: python -m tests.house.kept_table"


@each_document
def test_blocks_are_of_a_kind_that_is_looked_at(path: Path) -> None:
    assert {block.kind for block in blocks(path.read_text(encoding="utf-8"))} <= {
        "sh",
        "text",
        "toml",
        "markdown",
        "ini",
        "nginx",
        "python",
    }


def _write_course(folder: Path, page: str) -> Path:
    """The course that the examples of a page make together."""
    examples = blocks((ROOT / "docs" / page).read_text(encoding="utf-8"))
    lessons = [block.body for block in examples if block.kind == "markdown"]
    whole = [text for text in lessons if text.startswith("---")]
    course = folder / "quiet-mornings"
    course.mkdir()
    (course / "course.toml").write_text(
        next(block.body for block in examples if block.kind == "toml"), encoding="utf-8"
    )
    for number, text in enumerate(
        [*whole, whole[0] + "\n".join(text for text in lessons if not text.startswith("---"))]
    ):
        (course / f"{number:02d}-example-{number}.md").write_text(text, encoding="utf-8")
    return course


def test_the_examples_of_a_course_are_sound(tmp_path: Path) -> None:
    course = _write_course(tmp_path, "writing-a-course.md")
    found = load_library([tmp_path]).courses["quiet-mornings"]
    assert len(found.lessons) == len(list(course.glob("*.md"))) >= 3
    assert list(found.perspectives) == ["alone", "together"]
    assert set(found.lessons[1].prompts) == {"alone", "together", "unsaid"}


def test_the_faults_that_are_shown_are_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "courses"
    home.mkdir()
    course = _write_course(home, "writing-a-course.md")
    for lesson in course.glob("*.md"):
        lesson.replace(course / lesson.name.replace("02-", "04-"))
    (course / "02-one-page.md").write_text(
        "---\nsubject: Note 2\ntitle: One page\nsubject_plain: One page\npreview: A line.\npromt: What?\n---\n"
        "Words.\n::: alone\nMore.\n\n{{ next_dat }}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError) as refused:
        load_library([Path("courses")])
    page = (ROOT / "docs" / "writing-a-course.md").read_text(encoding="utf-8")
    shown = next(block.body for block in blocks(page) if "promt" in block.body)
    assert sorted(map(str, refused.value.faults)) == sorted(shown.splitlines())


def test_each_of_the_ten_questions_about_the_architecture_is_answered_by_one_path() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    answers = re.findall(r"^\| .+\? \| `(dripcourse/[\w/]+\.py)` \|$", page, re.MULTILINE)
    assert len(answers) == 10
    assert [path for path in answers if not (ROOT / path).is_file()] == []
