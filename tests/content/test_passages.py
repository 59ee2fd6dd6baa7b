"""Who gets which passage of a lesson."""

import pytest

from dripcourse.content.passages import cut, reading

HEADINGS = {"a": "For A", "b": "For B"}


def got(body: str, who: str) -> list[str]:
    passages, faults = cut(body, file="x.md", line=1, keys=HEADINGS)
    assert not faults
    return [
        f"{heading}: {each.text.strip()}" if heading else each.text.strip()
        for heading, each in reading(passages, who, HEADINGS)
    ]


GROUPS = {
    # body: what a, b and somebody who did not say get
    "all": (["all"], ["all"], ["all"]),
    "::: a\nmine\n:::": (["mine"], [], ["For A: mine"]),
    "::: a\n1\n:::\n::: b\n2\n:::": (["1"], ["2"], ["For A: 1", "For B: 2"]),
    "::: b\n2\n:::\n\n\n::: a\n1\n:::": (["1"], ["2"], ["For B: 2", "For A: 1"]),
    "::: a\n1\n:::\n::: b\n2\n:::\n::: unsaid\n3\n:::": (["1"], ["2"], ["3"]),
    "::: unsaid\n3\n:::\n::: a\n1\n:::": (["1"], [], ["3"]),
    "::: unsaid\n3\n:::": ([], [], ["3"]),
    "::: a\n1\n:::\nall\n::: unsaid\n3\n:::": (["1", "all"], ["all"], ["For A: 1", "all", "3"]),
    "::: a\n1\n:::\nall\n::: b\n2\n:::": (["1", "all"], ["all", "2"], ["For A: 1", "all", "For B: 2"]),
    "::: a\n1\n:::\n::: a\n1b\n:::\n::: b\n2\n:::": (["1", "1b"], ["2"], ["For A: 1", "For A: 1b", "For B: 2"]),
    "::: a\n\n:::\n::: b\n2\n:::": ([], ["2"], ["For B: 2"]),
    ":::a\n1\n:::": (["1"], [], ["For A: 1"]),
    "  ::::   a  \n1\n  ::::  ": (["1"], [], ["For A: 1"]),
    "not ::: a mark\n:: a\n": (["not ::: a mark\n:: a"], ["not ::: a mark\n:: a"], ["not ::: a mark\n:: a"]),
}  # fmt: skip


@pytest.mark.parametrize("body", GROUPS)
def test_of_passages_that_follow_each_other_a_reader_gets_their_own(body: str) -> None:
    assert (got(body, "a"), got(body, "b"), got(body, "unsaid")) == GROUPS[body]


def test_a_passage_knows_its_line() -> None:
    passages, _ = cut("one\n\n::: a\ntwo\n:::\nthree", file="x.md", line=10, keys=HEADINGS)
    assert [(each.key, each.text, each.line) for each in passages] == [
        (None, "one\n", 10),
        ("a", "two", 13),
        (None, "three", 15),
    ]
