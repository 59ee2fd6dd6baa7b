"""A real Postfix of our own: its settings, queue and data in a folder, listening on a loopback port, handing our mail to us.

    with postfix({"reply.example.org": "lmtp:inet:127.0.0.1:8024"}) as server:
        smtplib.SMTP("127.0.0.1", server.port).sendmail(...)
        server.flush()

Mail for the named domains goes by the named transports, everything else is refused; nothing leaves this machine. Wants root, as
Postfix does: its master starts its parts as users of their own.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:no local mail
default_transport = error:nothing leaves this machine
relay_domains = {domains}
relay_recipient_maps =
transport_maps = inline:{{ {transports} }}
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = reject_unauth_destination
smtp_host_lookup = native
smtp_dns_support_level = disabled
biff = no
message_size_limit = 40000000
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
transport_retry_time = 1s
lmtp_destination_concurrency_failed_cohort_limit = 0
smtp_destination_concurrency_failed_cohort_limit = 0
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
lmtp      unix - - n - - lmtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def lacking() -> str:
    """What this machine lacks for it, or nothing."""
    if not shutil.which("postfix", path=_PATH):
        return "Postfix"
    return "" if os.geteuid() == 0 else "root, which Postfix wants"


_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Postfix:
    """A Postfix that runs, and where it listens."""

    folder: Path
    port: int

    def flush(self) -> None:
        """Have whatever waits in its queue tried at once."""
        self.command("postqueue", "-f")

    def waiting(self) -> int:
        """How many messages are in its queue."""
        said = self.command("postqueue", "-j")
        return len(said.splitlines())

    def command(self, name: str, *words: str) -> str:
        """What one of Postfix's own commands says."""
        found = shutil.which(name, path=_PATH)
        assert found, name
        done = subprocess.run(
            [found, "-c", str(self.folder / "etc"), *words], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr + self.log()
        return done.stdout

    def log(self) -> str:
        """What it wrote into its log."""
        file = self.folder / "log" / "postfix.log"
        return file.read_text() if file.exists() else ""


@contextmanager
def postfix(transports: Mapping[str, str]) -> Iterator[Postfix]:
    """A Postfix that takes mail for the domains in `transports` and hands it on as they say; stopped at the end by its own command.

    Skips the test with a reason where this machine cannot run one; with CI set that is a failure.
    """
    if lack := lacking():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have {lack}")
        pytest.skip(f"this machine has no {lack}")
    # its own users must be able to reach the folder, so it cannot lie below a private one
    folder = Path(tempfile.mkdtemp(prefix="dripcourse-postfix-"))
    server = Postfix(folder, _free_port())
    try:
        _lay_out(server, transports)
        server.command("postfix", "start")
        try:
            yield server
        finally:
            server.command("postfix", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(server: Postfix, transports: Mapping[str, str]) -> None:
    folder = server.folder
    folder.chmod(0o755)
    for name in ("etc", "spool", "data", "log"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
    shutil.chown(folder / "data", "postfix")
    words = {
        "folder": folder,
        "daemons": "/usr/lib/postfix/sbin",
        "domains": ", ".join(transports),
        "transports": ", ".join(f"{{ {domain} = {transport} }}" for domain, transport in transports.items()),
    }
    (folder / "etc" / "main.cf").write_text(_MAIN.format(**words))
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=server.port))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
