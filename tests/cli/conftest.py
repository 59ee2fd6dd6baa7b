"""A command line for each test, in an empty folder."""

from pathlib import Path

import pytest

from tests.cli.line import Line


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)
