"""A small, honest IMAP server (RFC 9051, what a poll uses of it): a mailbox in memory, real literals on a real wire."""

import re
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn

_SEARCHES = {"ALL": lambda _: True, "UNSEEN": lambda flags: "\\Seen" not in flags}


@dataclass
class Letterbox:
    """What the server holds, and how it behaves: whether it keeps keywords, and at which command it hangs up, once."""

    messages: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    keywords: bool = True
    password: str = "p@ss word"
    folders: tuple[str, ...] = ("INBOX", "Replies")
    hang_up_at: str = ""
    seconds_a_megabyte: float = 0.0
    drips_at: str = ""
    """From a command that holds this (or from the `greeting`) on, a byte comes now and then and no answer, for as long as somebody listens."""
    withheld: dict[int, str | None] = field(default_factory=dict)
    """What is said in place of a message: the untagged answer and the tagged one, parted by a vertical bar; None hangs up."""
    validity: int = 1
    port: int = 0
    commands: list[str] = field(default_factory=list)

    def put(self, raw: bytes) -> int:
        uid = max(self.messages, default=0) + 1
        self.messages[uid], self.flags[uid] = raw, set()
        return uid

    def made_anew(self) -> None:
        """As after the loss of a server's index: other UIDs, no flags, another UIDVALIDITY (RFC 9051 2.3.1.1)."""
        raws = list(self.messages.values())
        self.messages, self.flags, self.validity = {}, {}, self.validity + 1
        for raw in reversed(raws):
            self.put(raw)


class _Talk(socketserver.StreamRequestHandler):
    box: Letterbox

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client that has enough hangs up
            self._talk()

    def _talk(self) -> None:
        if self.box.drips_at == "greeting":
            self._drip()
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().rstrip("\r\n").partition(" ")
            self.box.commands.append(
                rest.partition(" ")[0] if not rest.startswith("UID") else " ".join(rest.split()[:2])
            )
            if self.box.hang_up_at and rest.startswith(self.box.hang_up_at):
                self.box.hang_up_at = ""
                return
            if self.box.drips_at and self.box.drips_at in rest:
                self._drip()
            verb, _, words = rest.partition(" ")
            try:
                answer = getattr(self, f"_{verb.lower()}")(words)
            except ConnectionAbortedError:
                return
            self._say(f"{tag} {answer}")
            if verb == "LOGOUT":
                return

    def _drip(self) -> NoReturn:
        while True:
            self.wfile.write(b"*")
            time.sleep(0.1)

    def _say(self, line: str, literal: bytes | None = None) -> None:
        if literal is None:
            self.wfile.write(line.encode() + b"\r\n")
        else:
            self.wfile.write(b"%s {%d}\r\n" % (line.encode(), len(literal)))
            for begin in range(0, len(literal), 2**16):
                time.sleep(self.box.seconds_a_megabyte / 16)
                self.wfile.write(literal[begin : begin + 2**16])
            self.wfile.write(b")\r\n")

    def _capability(self, _words: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, words: str) -> str:
        return (
            "OK in" if words.endswith(f'"{self.box.password}"') else "NO [AUTHENTICATIONFAILED] replies@example.org: no"
        )

    def _select(self, words: str) -> str:
        if words.strip('"') not in self.box.folders:
            return "NO no such folder"
        self._say(f"* {len(self.box.messages)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.box.validity}] valid")
        any_keyword = " \\*" if self.box.keywords else ""
        self._say(f"* OK [PERMANENTFLAGS (\\Seen \\Deleted{any_keyword})] kept")
        return "OK [READ-WRITE] selected"

    def _noop(self, _words: str) -> str:
        self._say(f"* {len(self.box.messages)} EXISTS")
        return "OK done"

    def _logout(self, _words: str) -> str:
        self._say("* BYE")
        return "OK out"

    def _uid(self, words: str) -> str:
        verb, _, rest = words.partition(" ")
        return str(getattr(self, f"_uid_{verb.lower()}")(rest))

    def _uid_search(self, words: str) -> str:
        kind, _, keyword = words.partition(" ")
        if kind == "UID":
            found = [uid for uid in sorted(self.box.messages) if str(uid) == keyword]
            self._say(" ".join(["* SEARCH", *map(str, found)]))
            return "OK found"
        fits = _SEARCHES.get(kind) or (lambda flags: keyword not in flags)
        found = [uid for uid in sorted(self.box.messages) if fits(self.box.flags[uid])]
        self._say(" ".join(["* SEARCH", *map(str, found)]))
        return "OK found"

    def _uid_fetch(self, words: str) -> str:
        number, _, wanted = words.partition(" ")
        raw = self.box.messages.get(int(number))
        if raw is None:
            return "OK nothing there"
        if "RFC822.SIZE" in wanted:
            self._say(f"* 1 FETCH (UID {number} RFC822.SIZE {len(raw)})")
        elif int(number) in self.box.withheld:
            return self._withheld(number)
        elif part := re.search(r"BODY.PEEK\[\](?:<(\d+)\.(\d+)>)?", wanted):
            begin, count = int(part[1] or 0), int(part[2] or len(raw))
            self._say(f"* 1 FETCH (UID {number} BODY[]{f'<{begin}>' if part[1] else ''}", raw[begin : begin + count])
        return "OK fetched"

    def _withheld(self, number: str) -> str:
        said = self.box.withheld[int(number)]
        if said is None:
            raise ConnectionAbortedError
        untagged, _, tagged = said.partition("|")
        if untagged:
            self._say(f"* 1 FETCH (UID {number} BODY[] {untagged})")
        return tagged

    def _uid_store(self, words: str) -> str:
        number, how, flags = words.split(" ", 2)
        assert how == "+FLAGS.SILENT"
        self.box.flags[int(number)] |= set(flags.strip("()").split())
        return "OK stored"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def imap_server(box: Letterbox, context: ssl.SSLContext | None = None) -> Iterator[Letterbox]:
    """The server on a loopback port (`box.port`), under TLS if it is given a certificate."""
    talk = type("Talk", (_Talk,), {"box": box})
    with _Server(("127.0.0.1", box.port), talk) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
