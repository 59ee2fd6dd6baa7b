"""Plain text from Markdown: what a person would have typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.content.jinja import READER, faults_in
from dripcourse.content.markdown import fragment
from dripcourse.content.placeholders import Shield
from dripcourse.content.plain import WIDTH

LONG = "Slow is not delay, and a sentence that is longer than a line of seventy-two goes on below it."

CASES = {
    "words": ("One\ntwo.", "One two.\n\n"),
    "paragraphs": ("One.\n\nTwo.", "One.\n\nTwo.\n\n"),
    "long lines": (LONG, "Slow is not delay, and a sentence that is longer than a line of\nseventy-two goes on below it.\n\n"),
    "a forced line end": ("One  \ntwo\\\nthree", "One\ntwo\nthree\n\n"),
    "emphasis": ("*a* **b** _c_ ***d***", "*a* *b* *c* **d**\n\n"),
    "code": ("`a b`", "a b\n\n"),
    "signs": ("a &amp; b < c \\* d", "a & b < c * d\n\n"),
    "headings": ("A\n\n# One\n\nB\n\n## Two\n### Three\nC", "A\n\n\nOne\n\nB\n\n\nTwo\n\nThree\n\nC\n\n"),
    "a heading at the top": ("## One\nA", "One\n\nA\n\n"),
    "a link": ("[here](https://x.org/a?b=1&c=2)", "here <https://x.org/a?b=1&c=2>\n\n"),
    "a link that shows itself": ("<https://x.org> [y@x.org](mailto:y@x.org)", "https://x.org y@x.org\n\n"),
    "a telephone": ("[call](tel:+441234)", "call (+441234)\n\n"),
    "emphasis in a link": ("[*a* b](https://x.org)", "*a* b <https://x.org>\n\n"),
    "a list": ("- a\n- b\n\nc", "- a\n- b\n\nc\n\n"),
    "a list with air": ("- a\n\n- b\n\nc", "- a\n\n- b\n\nc\n\n"),
    "a list in a list": ("- a\n  - b\n    1. c\n    2. d\n- e", "- a\n  - b\n    1. c\n    2. d\n- e\n\n"),
    "numbers": ("7. a\n8. b", "7. a\n8. b\n\n"),
    "a list of lists": ("- - a\n  - b", "- - a\n  - b\n\n"),
    "an empty item": ("- a\n-\n- b", "- a\n- b\n\n"),
    "paragraphs in an item": ("1. a\n\n   b\n2. c", "1. a\n\n   b\n\n2. c\n\n"),
    "long items": (f"- {LONG}", "- Slow is not delay, and a sentence that is longer than a line of\n  seventy-two goes on below it.\n\n"),
    "a quotation": ("> a\n> b\n\nc", "    a b\n\nc\n\n"),
    "a list in a quotation": ("> - a\n> - b", "    - a\n    - b\n\n"),
    "lines of code": ("```\na {{ b }}\n\nc\n```".replace("{{", "{").replace("}}", "}"), "    a { b }\n\n    c\n\n"),
    "a rule": ("a\n\n---\n\nb", "a\n\n* * *\n\nb\n\n"),
    "HTML is only text": ("<b>a</b>\n\n<script>b</script>", "<b>a</b>\n\n<script>b</script>\n\n"),
    "a word longer than a line": ("x" * 80 + " y", "x" * 80 + "\ny\n\n"),
    "what must not be parted": ("« a\u00a0» " * 9, ("« a\u00a0» " * 9).strip() + "\n\n"),
}  # fmt: skip


def text(source: str) -> str:
    shield = Shield(source)
    return shield.reveal(fragment([(None, source)], shield).text, html=False).replace("{{ '{' }}", "{")


@pytest.mark.parametrize("name", CASES)
def test_markdown_becomes_the_text_a_person_would_have_typed(name: str) -> None:
    source, expected = CASES[name]
    assert text(source) == expected


@given(st.text(st.sampled_from("ab1 *_-#>`[]()<!\\\n&~{}:."), max_size=200))
def test_no_markdown_breaks_it_and_no_line_of_short_words_is_too_long(source: str) -> None:
    made = text(source)
    assert made == "" or made.endswith("\n")
    short = [line for line in made.split("\n") if max(map(len, line.split()), default=0) < 20]
    # code keeps its lines as they are
    assert all(len(line) <= WIDTH for line in short if not line.startswith("    "))


@given(st.lists(st.sampled_from(["word", "{% if next_date %}", "{% else %}", "{% endif %}"]), max_size=8))
def test_a_condition_leaves_no_hole_when_it_is_gone(parts: list[str]) -> None:
    source = "\n\n".join(["first", *parts, "last"])
    if faults_in(source, file="x", line=1):
        return
    shield = Shield(source)
    made = shield.reveal(fragment([(None, shield.hide(source))], shield).text, html=False)
    for day in ("Monday", ""):
        assert set(READER.from_string(made).render(next_date=day).strip().split("\n\n")) <= {"first", "word", "last"}
