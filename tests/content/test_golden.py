"""Golden letters: every mail the garden sends, as a person would look at it."""

import pytest

from tests.content.golden import GOLDEN, files

FILES = dict(files())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_mail_is_as_it_was_when_somebody_last_looked_at_it(path) -> None:
    assert path.exists(), "a new letter: write it with `python -m tests.content.golden`, and look at it"
    assert path.read_bytes().decode() == FILES[path], (
        "if this is better, run `python -m tests.content.golden` and look at the diff"
    )


def test_no_golden_letter_is_left_over() -> None:
    assert set(GOLDEN.iterdir()) == FILES.keys()
