"""Taking mail out of a mailbox (IMAP, RFC 9051), for whoever has no mail server that could hand it over.

What is stored is marked in the mailbox afterwards, and what is not marked is taken again: killed between the two, a message comes
again and is known. The mark is a keyword of our own, so that a message which somebody has read there is taken all the same; a
server that keeps no keywords is asked for what is unread. No UID is remembered from one poll to the next but those of messages
that could not be fetched. Nothing is ever deleted, and the mailbox should be one of its own: all that is in it is taken.
"""

import imaplib
import logging
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from dripcourse.deadline import Deadline
from dripcourse.domain.errors import DatabaseAway, DripError
from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES, Arrival, Door
from dripcourse.doors.imap_client import Box
from dripcourse.doors.unfetched import Unfetched
from dripcourse.services import incidents
from dripcourse.services.incoming import store
from dripcourse.services.parts import Clock, Parts
from dripcourse.settings import ImapUrl

log = logging.getLogger(__name__)

MARK = "$Dripcourse"
_NAME, _ONE = "mailbox", "mailbox:message"
_QUOTED = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')
SECONDS = 60.0
"""How long one exchange may take as a whole: to log in, to look what is there, to fetch a message and mark it."""
_LEAST_RATE = 2**16
"""A large message may take longer: so many bytes have to come in a second."""


class MailboxAway(DripError):
    """The mailbox cannot be read just now; the message says why, in our words and never in the server's."""


class MailboxPoll:
    """Reads a mailbox every `seconds`, on a thread of its own; a tick never waits for it."""

    def __init__(
        self,
        url: ImapUrl,
        parts: Parts,
        clock: Clock,
        seconds: float,
        *,
        context: ssl.SSLContext | None = None,
        exchange_seconds: float = SECONDS,
    ) -> None:
        self._url, self._parts, self._clock, self._seconds = url, parts, clock, seconds
        self._context = context or ssl.create_default_context()
        self._box: BaseMailBox | None = None
        self._exchange_seconds = exchange_seconds
        self._deadline = Deadline(exchange_seconds)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)
        self._unfetched = Unfetched()
        self._said = self._named = ""
        self._troubled = True  # until the first poll went well: a trouble of an earlier process may be over

    def start(self) -> None:
        """Begin to poll, at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message that is being stored."""
        self._stopping.set()
        self._thread.join()

    def poll(self) -> int:
        """Take in what is there and not marked; returns how many messages were new.

        Raises MailboxAway or DatabaseAway: what was stored until then is marked, and the rest is taken next time.
        """
        try:
            with _in_words():
                self._deadline.set(self._exchange_seconds)
                box = self._box = self._box or self._connected()
                self._deadline.set(self._exchange_seconds)
                box.client.noop()
                keeps = _keeps_keywords(box)
                waiting = box.uids(f"UNKEYWORD {MARK}" if keeps else "UNSEEN", charset=None)
                flags = f"(\\Seen {MARK})" if keeps else "(\\Seen)"
                validity = box.client.untagged_responses.get("UIDVALIDITY")
                planned = self._unfetched.plan(waiting, validity, self._clock())
                return sum(self._take_safely(box, uid, flags) for uid in planned if not self._stopping.is_set())
        except MailboxAway:
            self._hang_up()
            raise

    def _take_safely(self, box: BaseMailBox, uid: str, flags: str) -> bool:
        """As `_take`; a message at which the server or we break is not the first to be tried the next time."""
        try:
            return self._take(box, uid, flags)
        except DatabaseAway:
            raise
        except Exception:
            self._unfetched.failed(uid, self._clock(), surely=False)
            raise

    def _take(self, box: BaseMailBox, uid: str, flags: str) -> bool:
        """One message: stored, and then marked."""
        self._deadline.set(self._exchange_seconds)
        size = _size(box, uid)
        self._deadline.set(self._exchange_seconds + min(size, MOST_BYTES) / _LEAST_RATE)
        wanted = "BODY.PEEK[]" if size <= MOST_BYTES else f"BODY.PEEK[]<0.{HEAD_BYTES}>"
        raw = _content(box, uid, wanted)
        if raw is None:
            if uid in box.uids(f"UID {uid}", charset=None):
                self._unfetched.failed(uid, self._clock(), surely=True)
            return False  # or somebody removed it meanwhile
        rcpt = store.named_recipients(self._parts.rules, raw)
        cut = size if size > MOST_BYTES else 0
        stored = store.store(self._parts, Arrival(Door.MAILBOX, raw, rcpt, size=cut), self._clock())
        box.client.uid("STORE", uid, "+FLAGS.SILENT", flags)
        self._unfetched.fetched(uid)
        return stored

    def _connected(self) -> BaseMailBox:
        url = self._url
        box = Box(url.host, url.port, self._deadline, self._context if url.tls else None)
        box.login(url.user, url.password.get_secret_value(), initial_folder=url.folder)
        return box

    def _hang_up(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with suppress(Exception):
                box.client.shutdown()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._poll_safely()
            self._stopping.wait(self._seconds)
        box, self._box = self._box, None
        if box is not None:
            with suppress(Exception):
                box.logout()

    def _poll_safely(self) -> None:
        try:
            self.poll()
            self._all_is_well()
        except (MailboxAway, DatabaseAway) as error:
            self._tell(str(error))
        except Exception as error:  # noqa: BLE001 - the door must not stay shut for a fault of ours; no value is logged
            self._hang_up()
            self._tell(f"the mailbox could not be read ({type(error).__name__})")

    def _tell(self, says: str) -> None:
        """Once in the log, not with every poll; and for `/readyz` of whatever process serves it."""
        if says != self._said:
            log.warning("%s", says)
        self._said, self._troubled = says, True
        with suppress(DatabaseAway):
            incidents.note(self._parts, _NAME, says, self._clock())
            self._tell_of_messages()

    def _all_is_well(self) -> None:
        self._tell_of_messages()
        if self._troubled:
            with self._parts.db.write() as session:
                incidents.over(session, _NAME)
                if not self._named:
                    incidents.over(session, _ONE)
            self._said, self._troubled = "", False

    def _tell_of_messages(self) -> None:
        """Which messages cannot be fetched, for as long as that is so."""
        says = self._unfetched.says
        if says and says != self._named:
            log.warning("mailbox: %s", says)
        if says:
            incidents.note(self._parts, _ONE, says, self._clock())
        elif self._named:
            with self._parts.db.write() as session:
                incidents.over(session, _ONE)
        self._named = says


def _keeps_keywords(box: BaseMailBox) -> bool:
    """Whether the server lets us make up a keyword (RFC 9051 7.1, PERMANENTFLAGS with `\\*`), or has ours already."""
    said = [each for each in box.client.untagged_responses.get("PERMANENTFLAGS", []) if isinstance(each, bytes)]
    return any(b"\\*" in each or MARK.encode() in each for each in said)


def _size(box: BaseMailBox, uid: str) -> int:
    _, said = box.client.uid("FETCH", uid, "(RFC822.SIZE)")
    text = b" ".join(each for each in said if isinstance(each, bytes))
    _, _, size = text.partition(b"RFC822.SIZE ")
    digits = size.split(b" ")[0].rstrip(b")")
    return int(digits) if digits.isdigit() else 0


def _content(box: BaseMailBox, uid: str, wanted: str) -> bytes | None:
    """What the server hands over, as a literal or a quoted string (RFC 9051 4.3); None for anything else, a refusal included."""
    _, said = box.client.uid("FETCH", uid, f"({wanted})")
    for each in said:
        if isinstance(each, tuple):
            return bytes(each[1])
        if isinstance(each, bytes) and (quoted := _QUOTED.search(each)):
            return re.sub(rb"\\(.)", rb"\1", quoted[1])
    return None


@contextmanager
def _in_words() -> Iterator[None]:
    """The server's troubles in words of ours: its own may hold an address."""
    try:
        yield
    except MailboxLoginError:
        raise MailboxAway("the mailbox refuses the user or the password in IMAP_URL") from None
    except MailboxFolderSelectError:
        raise MailboxAway("the mailbox has no folder of the name in IMAP_URL") from None
    except ssl.SSLCertVerificationError:
        raise MailboxAway("the certificate of the mailbox's server is not good for the host in IMAP_URL") from None
    except (OSError, EOFError):
        raise MailboxAway("the server of the mailbox does not answer: is IMAP_URL right?") from None
    except (ImapToolsError, imaplib.IMAP4.error):
        raise MailboxAway("the server of the mailbox broke off or answered with a failure") from None
