"""Behind pgbouncer in transaction mode each transaction may meet another server connection (FAULTS.md S35)."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from dripcourse.services.host import overview
from tests.conftest import missing
from tests.support.house import House, open_house

READERS, WORKERS, ROUNDS = 40, 4, 12


@pytest.fixture
def pooled(new_postgres: Callable[..., str], postgres_tables: str) -> Iterator[str]:
    """The URL of a database with every table, behind a pool of three connections."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing("pgbouncer")
    url = make_url(new_postgres(postgres_tables))
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="dripcourse-pool-"))
    folder.chmod(0o755)  # it refuses to run as root, so another user reads its file
    sockets = str(url.query.get("host", url.host))
    there = f"host={sockets} port={url.port or 5432}"
    (folder / "pool.ini").write_text(
        f"[databases]\ntruth = {there} dbname={url.database} user=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 200\n"
    )
    (folder / "pool.ini").chmod(0o644)  # whatever umask a test before this one set
    user = Path(sockets).owner() if os.geteuid() == 0 else None  # who may enter the folder of the server's socket
    running = subprocess.Popen([str(program), str(folder / "pool.ini")], user=user, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"postgresql://postgres@127.0.0.1:{port}/truth"
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("pgbouncer does not listen")


@pytest.mark.postgres
def test_through_a_pool_in_transaction_mode_every_lesson_goes_once_and_nothing_fails(
    tmp_path: Path, pooled: str
) -> None:
    failed: list[BaseException] = []
    with ExitStack() as stack:
        workers = [stack.enter_context(open_house(tmp_path, pooled)) for _ in range(WORKERS)]

        def work(house: House) -> None:
            try:
                for _ in range(ROUNDS):
                    house.tick()
                    list(overview.deliveries(house.parts))
            except BaseException as error:  # noqa: BLE001 - the thread's failure is the test's
                failed.append(error)

        for number in range(READERS):
            workers[0].enroll(f"reader{number}@example.org")
        threads = [threading.Thread(target=work, args=[each]) for each in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not failed
        assert [each.state for each in overview.deliveries(workers[0].parts) if each.kind == "lesson"] == [
            "accepted"
        ] * READERS
        assert len(workers[0].mails()) == READERS
