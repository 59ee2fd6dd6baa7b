"""The library's IMAP client with a deadline for each exchange as a whole."""

import imaplib
import ssl
from typing import Any

from imap_tools import BaseMailBox

from dripcourse.deadline import Deadline, reader

_LONGEST_LINE = 20 * 2**20
"""A search that finds many messages answers with one line."""


class _Client(imaplib.IMAP4):
    """Connected when it is made; each answer has to come, and each word to leave, before the deadline."""

    def __init__(self, host: str, port: int, deadline: Deadline, context: ssl.SSLContext | None) -> None:
        self._deadline, self._context = deadline, context
        super().__init__(host, port, timeout=deadline.left())

    def _create_socket(self, timeout: float | None) -> Any:  # noqa: ANN401 - what the library's own TLS client overrides
        plain = super()._create_socket(timeout)  # type: ignore[misc]
        return self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """As the library's."""
        super().open(host, port, timeout)
        self._brings = reader(self.sock, self._deadline)

    def read(self, size: int) -> bytes:
        """As the library's. Raises TimeoutError at the deadline."""
        return self._brings.read(size)

    def readline(self) -> bytes:
        """As the library's. Raises TimeoutError at the deadline."""
        line = self._brings.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise self.error("a line is too long")
        return line

    def send(self, data: Any) -> None:  # noqa: ANN401 - as the library's
        """As the library's. Raises TimeoutError at the deadline."""
        self.sock.settimeout(self._deadline.left())
        super().send(data)

    def shutdown(self) -> None:
        """As the library's."""
        self._brings.close()
        super().shutdown()


class Box(BaseMailBox):
    """The library's mailbox, connected when it is made: under TLS by a context. Raises OSError, IMAP4.error."""

    def __init__(self, host: str, port: int, deadline: Deadline, context: ssl.SSLContext | None) -> None:
        self._connect_to = host, port, deadline, context
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Client(*self._connect_to)
