"""The library's SMTP client with a deadline for each exchange as a whole."""

import smtplib
import ssl
from typing import Any

from dripcourse.deadline import Deadline, reader

_READY = 220


class Client(smtplib.SMTP):
    """Not connected yet; each answer has to come, and each word to leave, before the deadline."""

    _host: str

    def __init__(self, seconds: float) -> None:
        super().__init__(timeout=seconds)
        self.deadline = Deadline(seconds)

    def greet(self, host: str, port: int) -> None:
        """Connect, and wait for the server's greeting. Raises OSError or SMTPException."""
        self._host = host  # what TLS checks the certificate against; the library's constructor sets it
        code, said = self.connect(host, port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, said)

    def getreply(self) -> tuple[int, bytes]:
        """As the library's. Raises TimeoutError at the deadline."""
        if self.file is None and self.sock is not None:
            self.file = reader(self.sock, self.deadline)
        return super().getreply()

    def send(self, s: Any) -> None:  # noqa: ANN401 - as the library's
        """As the library's. Raises TimeoutError at the deadline."""
        if self.sock is not None:
            self.sock.settimeout(self.deadline.left())
        super().send(s)


class TlsClient(Client):
    """The same, encrypted from the first byte."""

    def __init__(self, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(seconds)
        self._context = context

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        plain = super()._get_socket(host, port, timeout)  # type: ignore[misc] # what the library's own TLS client overrides
        return self._context.wrap_socket(plain, server_hostname=host)
