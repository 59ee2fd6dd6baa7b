"""No clock but bootstrap's, no environment but the settings', no address in a log or in an error."""

import ast

from tests.house.rooms import ROOT, calls, dotted, files, modules, names

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
}  # fmt: skip
TELLS_WHO = {
    "address",
    "email",
    "to",
    "recipient",
    "written",
    "normal",
    "mail_from",
    "payload",
    "wish",
    "raw",
    "text",
    "token",
    "url",
}
LOGS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def test_only_bootstrap_reads_a_clock() -> None:
    found = [(file, name) for file, tree in modules().items() for name, _ in calls(tree) if name in CLOCKS]
    assert found == [("dripcourse/bootstrap.py", "datetime.now")]


def test_only_the_settings_read_the_environment() -> None:
    found = {
        file
        for file, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node) in ("os.environ", "os.environb", "os.getenv")
    }
    assert found == {"dripcourse/settings/load.py"}


def test_no_log_call_is_given_what_tells_who_somebody_is() -> None:
    found = [
        f"{file}:{call.lineno}"
        for file, tree in modules().items()
        for name, call in calls(tree)
        if _is_log(name)
        and any(TELLS_WHO & set(names(each)) for each in (*call.args, *(word.value for word in call.keywords)))
    ]
    assert found == []


def test_there_are_log_calls_to_look_at() -> None:
    assert sum(_is_log(name) for tree in modules().values() for name, _ in calls(tree)) >= 5


def _is_log(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    return method in LOGS and owner.split(".")[-1] in ("log", "logger", "logging", "_log")


def test_no_error_holds_an_address() -> None:
    found = [
        f"{file}:{node.lineno}"
        for file, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None
        for part in ast.walk(node.exc)
        if isinstance(part, ast.FormattedValue)
        and {"address", "email", "written", "normal", "recipient"} & set(names(part.value))
    ]
    assert found == []


def test_nothing_is_mocked() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(
            f"{getattr(node, 'module', '')}.{name.name}".endswith(("unittest.mock", "pytest_mock"))
            for name in node.names
        )
    ]
    assert found == []
