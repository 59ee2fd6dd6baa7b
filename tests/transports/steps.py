"""Holding a piece of work up at every line of one file, to see what happens if something else happens just then."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Generic, TypeVar

from tests.support.children import kill_self

T = TypeVar("T")


def at_line(file: str, number: int, then: Callable[[], None]) -> Callable[[FrameType, str, Any], Any]:
    """A trace function that calls `then` before the `number`-th line (from 1) that is run in `file`."""
    count = 0

    def line(_frame: FrameType, what: str, _arg: Any) -> Any:
        nonlocal count
        if what == "line":
            count += 1
            if count == number:
                then()
        return line

    def call(frame: FrameType, _what: str, _arg: Any) -> Any:
        return line if frame.f_code.co_filename == file else None

    return call


@contextmanager
def traced(tracer: Callable[[FrameType, str, Any], Any]) -> Iterator[None]:
    """Trace with `tracer` for the length of a block, then as before."""
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(before)


def lines_of(file: str, work: Callable[[], object]) -> int:
    """How many lines of `file` are run by `work`."""
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1

    def line(_frame: FrameType, what: str, _arg: Any) -> Any:
        if what == "line":
            one_more()
        return line

    with traced(lambda frame, _what, _arg: line if frame.f_code.co_filename == file else None):
        work()
    return count


def killed_at(file: str, number: int, work: Callable[[], object]) -> Callable[[], None]:
    """`work`, which ends as by `kill -9` before its `number`-th line in `file`. For a child process."""

    def run() -> None:
        sys.settrace(at_line(file, number, kill_self))
        work()

    return run


class Stepped(Generic[T]):
    """Work on a thread of its own that stops before its `number`-th line in `file` until it is told to go on."""

    def __init__(self, file: str, number: int, work: Callable[[], T]) -> None:
        self._there, self._go_on = threading.Event(), threading.Event()
        self._result: list[T] = []
        self._thread = threading.Thread(target=self._run, args=(file, number, work), daemon=True)
        self._thread.start()
        assert self._there.wait(10)

    def _run(self, file: str, number: int, work: Callable[[], T]) -> None:
        sys.settrace(at_line(file, number, self._stop))
        try:
            self._result.append(work())
        finally:
            sys.settrace(None)
            self._there.set()

    def _stop(self) -> None:
        self._there.set()
        assert self._go_on.wait(10)

    def finish(self) -> T:
        """Go on to the end; what the work returned."""
        self._go_on.set()
        self._thread.join(10)
        (result,) = self._result
        return result
