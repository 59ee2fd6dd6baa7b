"""What a person wrote in a mail, without what their program quoted. What is cut is hidden, never deleted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cut:
    """A mail's text in two: together they hold every word of it."""

    text: str
    hidden: str


def own_words(text: str, *, sent: str | None = None) -> Cut:  # noqa: ARG001 - the lesson is not yet compared
    """Cut away the lines that are marked as quoted. Never raises, on any text."""
    lines = text.split("\n")
    own = [line for line in lines if not line.startswith(">")]
    return Cut("\n".join(own).strip(), "\n".join(line for line in lines if line.startswith(">")))
