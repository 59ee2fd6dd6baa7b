"""Commands by reply: what a whole first line asks for."""

from collections.abc import Sequence

_ENGLISH = frozenset(
    {
        "subscribe", "confirm", "pause", "later", "slower", "weekly", "resume", "where am i", "again", "share", "support", "help",
        "stop", "delete my replies",
    }
)  # fmt: skip


def command_in(text: str, languages: Sequence[str]) -> str | None:  # noqa: ARG001 - English only as yet
    """The command that is the whole first line, in its canonical form; None if that line is anything else."""
    first = text.strip().split("\n", 1)[0].strip(" .!").lower()
    return "where am I" if first == "where am i" else first if first in _ENGLISH else None
