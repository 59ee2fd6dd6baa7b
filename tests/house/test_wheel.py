"""What is installed works alone: a wheel holds the templates and the migrations, and needs nothing of the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dripcourse.settings import ABOUT
from tests.house.rooms import ROOT, files


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network and unpacked as an installer would."""
    room = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(room)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = room.glob("dripcourse-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(room / "site")
    return room / "site"


def in_wheel(unpacked: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the installed package, in a folder that knows nothing of the checkout."""
    not_ours = (*ABOUT, "COVERAGE_")  # coverage would look for the sources when this folder has gone
    clean = {name: text for name, text in os.environ.items() if not name.startswith(not_ours)}
    room = unpacked.parent / "elsewhere"
    room.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, *words],
        cwd=room,
        env=clean | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("folder", ["templates", "migrations"])
def test_every_template_and_migration_is_inside(unpacked: Path, folder: str) -> None:
    wanted = {path.relative_to(ROOT / folder) for path in files() if path.is_relative_to(ROOT / folder)}
    packed = unpacked / "dripcourse" / "_files" / folder
    assert wanted
    assert wanted <= {path.relative_to(packed) for path in packed.rglob("*")}


def test_nothing_else_is_inside(unpacked: Path) -> None:
    assert {path.name.partition("-")[0] for path in unpacked.iterdir()} == {"dripcourse"}
    assert {path.name for path in unpacked.rglob("licenses/*")} == {"LICENSE", "LICENSE-course"}
    assert [
        path
        for path in unpacked.rglob("*")
        if "__pycache__" in path.parts or path.suffix in (".pyc", ".db", ".coverage")
    ] == []


def test_it_finds_its_courses_and_sets_up_a_database_by_itself(unpacked: Path) -> None:
    where = in_wheel(unpacked, "-c", "import dripcourse; print(dripcourse.__file__)")
    assert where.stdout.startswith(str(unpacked)), where.stderr
    listed = in_wheel(unpacked, "-m", "dripcourse", "course", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "rebuilding-trust  (slow-letters)  9 lessons" in listed.stdout
    upgraded = in_wheel(unpacked, "-m", "dripcourse", "db", "upgrade")
    assert (upgraded.returncode, upgraded.stderr) == (0, "")
    assert (unpacked.parent / "elsewhere" / "data" / "dripcourse.db").exists()
