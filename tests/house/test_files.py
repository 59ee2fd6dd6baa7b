"""What ships holds nothing remote, nothing of the machine it was made on, and no lock without its hashes."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.rooms import ROOT, files

TEMPLATES = ROOT / "templates"
LOADS = re.compile(
    r"""(?ix) (?:src|srcset|poster|data|background)\s*=\s*["']?\s*(?:https?:)?// | url\(\s*["']?\s*(?:https?:)?// | @import |
    <(?:link|script|iframe|img|object|embed|base)\b[^>]*(?:href|src)\s*=\s*["']?(?:https?:)?// |
    \b(?:fetch|importScripts|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\s*\(\s*["'`](?:https?:)?//"""
)
"""Whatever makes a browser or a mail program fetch something from elsewhere. A link that a person may follow is no such thing."""
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".lock",
    ".mako",
    ".svg",
    ".sh",
    ".cfg",
    ".ini",
    ".yml",
    "",
}


def test_templates_load_nothing_from_elsewhere() -> None:
    shipped = [path for path in files() if path.is_relative_to(TEMPLATES)]
    assert len(shipped) > 40
    assert [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in shipped
        if (found := LOADS.search(path.read_text(encoding="utf-8")))
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://a.example/x.png">',
        "background: url(//a.example/x)",
        '<link rel=stylesheet href="https://a.example/x.css">',
    ],
)
def test_the_look_for_remote_things_sees_them(text: str) -> None:
    assert LOADS.search(text)


def test_no_picture_in_a_mail() -> None:
    for path in files():
        if path.is_relative_to(TEMPLATES / "emails"):
            assert not re.search(r"(?i)<img|!\[", path.read_text(encoding="utf-8")), path


def test_no_path_of_a_machine_is_written_down() -> None:
    here = [re.escape(f"{place}/") for place in (ROOT, Path.home()) if len(place.parts) > 2]
    someones = re.compile(
        "|".join([*here, "/" + r"work/(?:main|shared)\b", "/" + r"home/\w+/", "/" + r"root/", "/" + r"Users/\w+/"])
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files()
        if path.suffix in TEXTS and (match := someones.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|--(?:extra-)?index|--find-links|@ file|git\+", text)
    pinned = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    assert len(pinned) > 30
    for requirement in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(?:\[[a-z,]+\])?==\S+", requirement), requirement.splitlines()[0]
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_every_dependency_that_is_named(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["postgres"]]
    if "dev" in name:
        wanted += [each for each in project["dependency-groups"]["dev"] if isinstance(each, str)]
    text = "\n" + (ROOT / name).read_text(encoding="utf-8").lower().replace("_", "-")
    plain = [re.split(r"[\[<>=;! ]", each)[0].lower().replace("_", "-") for each in wanted]
    assert [each for each in plain if f"\n{each}==" not in text and f"\n{each}[" not in text] == []


def test_the_licences_are_there() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (ROOT / "LICENSE-course").read_text(encoding="utf-8")
