"""What is small can be read whole."""

import ast

from tests.house.rooms import ROOT, modules

MODULE, FUNCTION = 250, 40

LONGER = {
    "dripcourse/db/models.py": "all tables in one place, as the first migration makes them; columns and no code",
}


def test_modules_fit_a_few_screens() -> None:
    lines = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in modules()}
    assert {name: count for name, count in lines.items() if count > MODULE and name not in LONGER} == {}
    assert [name for name in LONGER if lines.get(name, 0) <= MODULE] == [], "these need no exception any more"


def test_functions_fit_one_screen() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION
    }
    assert long == {}
