"""Mail by SMTP (RFC 5321), over one connection that is kept.

What a refusal means depends on when it comes. Before the final dot nothing was sent, so everything there is certain. The answer to
the final dot is the only thing that can be lost (RFC 1047): then nobody knows, and it is never sent again on a guess.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from time import monotonic

from dripcourse.domain.mail import Accepted, Evidence, Later, Outcome, Outgoing, Refused, Unknown
from dripcourse.domain.mime import mime
from dripcourse.domain.refusal import About, refused
from dripcourse.transports.smtp_client import Client, TlsClient
from dripcourse.transports.wire import is_loopback

TIMEOUT_SECONDS = 10.0
"""How long it may take to open a connection, and to hand over one mail up to its final dot, as a whole."""
DOT_SECONDS = 25.0
"""How long the answer to the final dot may take; well under a lease, so that a slow server is not taken for a dead worker."""
IDLE_SECONDS = 60.0
"""A connection left alone for longer is made anew: servers hang up after some minutes."""

GOODBYE_SECONDS = 2.0
_SERVICE_CLOSING = 421
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_POLICY_CODES = ("5.7.", "5.5.", "5.3.", "5.1.7", "5.1.8", "5.0.0")
"""Enhanced codes (RFC 3463) by which a server speaks of itself or of us, or of nothing in particular, and not of this reader's mailbox."""
_POLICY = re.compile(
    r"relay|denied|polic|spam|block|reject|reputation|black|helo|spf|dkim|dmarc|not permitted|sender", re.IGNORECASE
)
_LOG_IN = (530, 535, 538)
"""What a server says that takes no mail from whom it does not know (RFC 4954 6)."""


class Smtp:
    """A mail server that takes our mail and carries it on."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        tls: str = "starttls",
        context: ssl.SSLContext | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        dot_seconds: float = DOT_SECONDS,
    ) -> None:
        self.is_local = is_loopback(host)
        self._host, self._port, self._user, self._password, self._tls = host, port, user, password, tls
        self._context, self._timeout, self._dot = context, timeout_seconds, dot_seconds
        self._connection: Client | None = None
        self._used_at = 0.0

    def carrier(self) -> str:
        """The server, by the digest of its name and port."""
        return f"smtp:{sha256(f'{self._host}:{self._port}'.encode()).hexdigest()[:16]}"

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:  # noqa: ARG002 - a server has no opening hours
        """Hand over one mail. Bounces go to the mail's own reply address, so that they can be told apart."""
        try:
            content = mime(mail)
        except ValueError as error:
            return Refused(f"smtp: {error}")
        for fresh in (False, True):
            try:
                connection = self._open(fresh=fresh)
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                return Later(f"smtp: {_trouble(error)}", everyone=True, needs_host=_needs_host(error))
            outcome = self._hand_over(connection, mail, content)
            if outcome is not None:
                self._used_at = monotonic()
                return outcome
            self.close()  # the kept connection had gone before anything was said: once more on a new one
        return Later("smtp: the server hangs up at once", everyone=True)

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:  # noqa: ARG002
        """SMTP has no memory: a bounce or a reply may tell one day, the server never does."""
        return Evidence.NONE

    def erase(self, address: str, deliveries: Collection[str]) -> None:
        """Nothing: a mail server keeps what its own logs keep, and cannot be asked to forget."""

    def close(self) -> None:
        """Say goodbye to the server, if it is still there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.deadline.set(GOODBYE_SECONDS)
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _open(self, *, fresh: bool) -> Client:
        """The kept connection, or a new one, greeted, encrypted and logged in."""
        if self._connection is not None and (fresh or monotonic() - self._used_at > IDLE_SECONDS):
            self.close()
        if self._connection is None:
            self._connection = self._connect()
        self._connection.deadline.set(self._timeout)
        return self._connection

    def _connect(self) -> Client:
        connection = TlsClient(self._timeout, self._ssl()) if self._tls == "tls" else Client(self._timeout)
        try:
            connection.greet(self._host, self._port)
            if connection.sock is not None:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.ehlo_or_helo_if_needed()
            if self._tls == "starttls":
                connection.starttls(context=self._ssl())
                connection.ehlo_or_helo_if_needed()
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _ssl(self) -> ssl.SSLContext:
        """One context for all connections: loading the system's certificates takes longer than a mail."""
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _hand_over(self, connection: Client, mail: Outgoing, content: bytes) -> Outcome | None:
        """One mail transaction; None if the connection was found dead before the server had said anything."""
        try:
            code, said = connection.mail(mail.reply_to or mail.sender.address)
        except TimeoutError as error:
            self.close()
            return Later(f"smtp: {_trouble(error)}", everyone=True)
        except (OSError, smtplib.SMTPException):
            return None
        if code != 250:
            return self._leave_off(connection, _about_sender(code, said), code)
        try:
            code, said = connection.rcpt(mail.to)
            if code not in (250, 251):
                return self._leave_off(connection, _about_reader(code, said), code)
            code, said = connection.docmd("DATA")
            if code != 354:
                return self._leave_off(connection, _about_mail(code, said), code)
            connection.send(_stuffed(content))  # without the final dot, the server takes nothing
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Later(f"smtp: {_trouble(error)}", everyone=True)
        return self._final_dot(connection)

    def _final_dot(self, connection: Client) -> Outcome:
        try:
            connection.deadline.set(self._dot)
            connection.send(b".\r\n")
            code, said = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Unknown(f"smtp: no answer after the final dot ({type(error).__name__})")
        if code == 250:
            return Accepted()
        return self._leave_off(connection, _about_mail(code, said), code)

    def _leave_off(self, connection: Client, outcome: Outcome, code: int) -> Outcome:
        """End a refused transaction; a server that is closing is left."""
        if code == _SERVICE_CLOSING:
            self.close()
            return Later("smtp: the server is closing", everyone=True)
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self.close()
        return outcome


def _about_sender(code: int, said: bytes) -> Outcome:
    """An answer to MAIL: about the sender address for good, or about the server for the moment."""
    words = f"smtp: sender refused: {_plain(code, said)}"
    if code in _LOG_IN:
        return refused(About.ACCOUNT, words)
    return refused(About.SERVER if code < 500 else About.SENDER, words)


def _about_reader(code: int, said: bytes) -> Outcome:
    """An answer to RCPT."""
    words = f"smtp: recipient refused: {_plain(code, said)}"
    if code < 500:
        return Later(words)
    if code in _LOG_IN:
        return refused(About.ACCOUNT, words)
    return refused(About.POLICY if _is_policy(said) else About.RECIPIENT, words)


def _about_mail(code: int, said: bytes) -> Outcome:
    """An answer to DATA or to the final dot: this mail was not taken."""
    words = f"smtp: mail refused: {_plain(code, said)}"
    if code < 500:
        return Later(words)
    if code in _LOG_IN:
        return refused(About.ACCOUNT, words)
    return refused(About.POLICY if _is_policy(said) else About.MAIL, words)


def _is_policy(said: bytes) -> bool:
    """Whether a refusal is not plainly about a mailbox: by its enhanced code or, without one, by its words."""
    words = said.decode("ascii", "replace")
    return _POLICY.search(words) is not None if not _STATUS.match(words) else words.startswith(_POLICY_CODES)


def _plain(code: int, said: bytes) -> str:
    return f"{code} {said.decode('ascii', 'replace')[:120]}"


def _trouble(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "the server refuses our user or password (MAIL_URL)"
        case ssl.SSLError():
            return "no encrypted connection could be agreed on"
        case TimeoutError():
            return "the server does not answer in time"
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"the server says {code}"
        case smtplib.SMTPNotSupportedError():
            return "the server offers no STARTTLS or no log-in (MAIL_URL)"
    return f"the server cannot be reached ({type(error).__name__})"


def _needs_host(error: Exception) -> bool:
    """Whether it stays like this until somebody changes MAIL_URL: a log-in refused for good, and not only for the moment (RFC 4954 6)."""
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            return int(code) >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError)


def _stuffed(content: bytes) -> bytes:
    """With its lines' leading dots doubled (RFC 5321 4.5.2); `content` ends with a line break and has CRLF throughout."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
