"""Work done in a process of its own: one that may be killed, held up, or given another user's rights or a smaller disk."""

import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

NOBODY = 65534

T = TypeVar("T")


def fork(work: Callable[[], object]) -> int:
    """Start `work` in a child process; returns its pid. The child ends without running anything that belongs to the parent."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - said, and then the child ends whatever it was
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def ended(pid: int) -> int:
    """Wait for a child to end; its exit code, or the negative of the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def was_killed(code: int) -> bool:
    return code == -signal.SIGKILL


def kill_self() -> None:
    """End as `kill -9` would, this very moment."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], T], *, unprivileged: bool = False, file_bytes: int | None = None) -> T:
    """What `work` returns (or raises) in a child: with nobody's rights if we are root, and with no file over `file_bytes`."""
    reading, writing = os.pipe()

    def told() -> None:
        if unprivileged and os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        if file_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        answer: Any
        try:
            answer = (True, work())
        except Exception as error:  # noqa: BLE001 - handed to the parent, whatever it is
            answer = (False, error)
        os.write(writing, pickle.dumps(answer))

    pid = fork(told)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    assert ended(pid) == 0
    fine, answer = pickle.loads(said)
    if not fine:
        raise answer
    return answer  # type: ignore[no-any-return]
