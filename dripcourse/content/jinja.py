"""Jinja as courses use it: what a lesson can say with it, and every misuse as a fault with its line."""

import traceback
from collections.abc import Collection, Iterator

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from dripcourse.content.suggestion import suggestion
from dripcourse.domain.errors import Fault

LESSON_WORDS = ("next_date", "support_url", "clean_copy_url")
"""What a lesson can name. None of it is private: a clean copy shows the same words."""


def environment(*, html: bool) -> SandboxedEnvironment:
    """Strict and sandboxed: courses are other people's texts. Values are escaped in HTML and left alone in plain text."""
    return ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True, cache_size=0
    )


READER = environment(html=False)

# An allow-list, so that a lesson can neither loop for ever nor grow without end nor write HTML of its own (`|safe`).
_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name, nodes.Const, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test,
)  # fmt: skip
_CAN_FAIL = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test)
_FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
_TESTS = ("defined",)
_ENDS = {"{{": "}}", "{%": "%}"}
_TAGS = {
    nodes.For: "{% for %}", nodes.Assign: "{% set %}", nodes.AssignBlock: "{% set %}", nodes.Macro: "{% macro %}",
    nodes.Include: "{% include %}", nodes.Import: "{% import %}", nodes.FromImport: "{% import %}",
    nodes.Extends: "{% extends %}", nodes.Block: "{% block %}", nodes.CallBlock: "{% call %}",
    nodes.FilterBlock: "{% filter %}", nodes.With: "{% with %}", nodes.Scope: "{% autoescape %}",
    nodes.Getattr: "{{ a.b }}", nodes.Getitem: "{{ a[b] }}", nodes.Call: "{{ a() }}", nodes.Concat: "{{ a ~ b }}",
}  # fmt: skip
_CAN = "a lesson can use {{ next_date }}, {% if next_date %} ... {% endif %} and simple filters"


def faults_in(source: str, *, file: str, line: int, words: Collection[str] = LESSON_WORDS) -> list[Fault]:
    """Everything wrong with the Jinja in an author's text that begins on `line` of its file."""
    if "{" not in source:
        return []
    try:
        tree = READER.parse(source)
    except TemplateSyntaxError as error:
        number, says = _in_words(error, source)
        return [Fault(file, line + number - 1, says)]
    except Exception as error:  # noqa: BLE001 - a parser's own limits: nesting, numbers of thousands of digits
        return [Fault(file, line, f"Jinja cannot read this: {_why(error)}")]
    found = [Fault(file, line + number - 1, says) for number, says in _not_allowed(tree, words)]
    can_fail = any(tree.find(kind) for kind in _CAN_FAIL)
    return _trial(source, file=file, line=line, words=words) if can_fail and not found else found


def _in_words(error: TemplateSyntaxError, source: str) -> tuple[int, str]:
    says = (error.message or "").rstrip(".").replace("Encountered unknown tag", "unknown tag")
    if says.lower().startswith("unexpected end of template") and (opened := _unclosed(source)):
        return opened
    return error.lineno, f"Jinja cannot read this: {says[:1].lower()}{says[1:]}"


def _unclosed(source: str) -> tuple[int, str] | None:
    """Where the tag or the {% if %} begins that has no end: Jinja itself only knows that the text is over."""
    inside: tuple[int, str] | None = None
    first_word = False
    ifs: list[int] = []
    for line, kind, value in READER.lex(source):
        if kind.endswith("_begin"):
            inside, first_word = (line, value), kind == "block_begin"
        elif kind.endswith("_end"):
            inside = None
        elif kind == "name" and first_word:
            first_word = False
            if value == "if":
                ifs.append(line)
            elif value == "endif" and ifs:
                ifs.pop()
    if inside:
        return inside[0], f"`{inside[1]}` is never closed: put `{_ENDS[inside[1][:2]]}` where it ends"
    return (ifs[-1], "`{% if %}` is never closed: put `{% endif %}` where it ends") if ifs else None


def _not_allowed(tree: nodes.Template, words: Collection[str]) -> Iterator[tuple[int, str]]:
    stack: list[tuple[nodes.Node, int]] = [(tree, 1)]
    while stack:
        node, line = stack.pop()
        line = node.lineno or line
        if not isinstance(node, _NODES):
            yield line, f"{_TAGS.get(type(node), 'this')} is more than a lesson can do; {_CAN}"
            continue  # what stands inside it needs no fault of its own
        if isinstance(node, nodes.Name) and node.name not in words:
            yield line, f"`{node.name}` is not a name that a lesson can use; {suggestion(node.name, words)}"
        elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            yield line, f"`|{node.name}` is not a filter that a lesson can use; {suggestion(node.name, _FILTERS)}"
        elif isinstance(node, nodes.Test) and node.name not in _TESTS:
            yield line, f"`is {node.name}` is not a test that a lesson can use; {suggestion(node.name, _TESTS)}"
        stack.extend((child, line) for child in node.iter_child_nodes())


def _trial(source: str, *, file: str, line: int, words: Collection[str]) -> list[Fault]:
    """Fill it in as it will be in the middle of the course and at its end, where there is no next date."""
    for next_date in ("Thursday, 26 November", ""):
        try:
            READER.from_string(source).render({**dict.fromkeys(words, "https://example.org/"), "next_date": next_date})
        except Exception as error:  # noqa: BLE001 - whatever an author's expression does, it is a fault of the lesson
            frames = traceback.extract_tb(error.__traceback__)
            number = next((frame.lineno for frame in reversed(frames) if frame.filename == "<template>"), None) or 1
            return [Fault(file, line + number - 1, f"Jinja cannot fill this in: {_why(error)}")]
    return []


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError | SyntaxError):
        return "its tags or brackets are nested too deep"
    return " ".join(str(error).split())
