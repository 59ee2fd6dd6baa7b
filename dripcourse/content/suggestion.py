"""The nearest known word to one that was mistyped."""

from collections.abc import Collection
from difflib import get_close_matches


def suggestion(word: str, known: Collection[str]) -> str:
    """What was probably meant by a word that is not known; else what is known."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean `{near[0]}`?" if near else "known are " + ", ".join(f"`{each}`" for each in known)
