"""Mail by SendGrid's API, through the official library, over connections that are kept.

The API has no idempotency key, so the one thing to know of every attempt is whether the whole request left: one that did not is
certainly not sent (the server waits for Content-Length bytes), one that did and was not answered may have been, and is never
sent again on a guess. What became of it is told by events (services/delivery/provider_events), not by this door.
"""

import json
import logging
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from python_http_client.client import Client, Response
from python_http_client.exceptions import HTTPError, err_dict
from sendgrid import SendGridAPIClient

from dripcourse.domain.errors import DripError
from dripcourse.domain.mail import SENDGRID, Accepted, Evidence, Later, Outcome, Outgoing, Refused, Unknown
from dripcourse.domain.mime import breaks_line
from dripcourse.domain.refusal import About, refused
from dripcourse.transports.wire import NoAnswer, NotSent, Wire

# At DEBUG the library writes whole payloads and the API key into the log: no setting of ours or a host's may bring that about.
logging.getLogger("python_http_client").setLevel(logging.WARNING)
logging.getLogger("python_http_client.client").setLevel(logging.WARNING)

LONGEST_WAIT = timedelta(hours=1)
"""However far away a rate limit says its end is."""
_SPREAD_SECONDS = 10

_NOTHING_TRACKED = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}
"""Said in every request: an account's own defaults are on."""
_NOT_ERASED = (
    "SendGrid {}, so it was not asked to forget this reader, and nothing else was erased. Nothing more will be sent to them."
    " Check that SENDGRID_API_KEY may erase recipients' data, and try again."
)
_ADDRESS = re.compile(r"\S+@\S+")


class Sendgrid:
    """SendGrid's API, or whatever speaks like it at `api_url`."""

    def __init__(self, api_key: str, api_url: str, *, wire: Wire | None = None) -> None:
        self._wire = wire or Wire(api_url)
        self.is_local = self._wire.is_local
        official = SendGridAPIClient(api_key, host=api_url)
        headers = {**official.client.request_headers, "Content-Type": "application/json"}
        official.client = _KeptClient(self._wire, host=api_url, request_headers=headers, version=3)
        self._door = official.client.mail.send
        self._eraser = official.client.recipients.erasejob

    def carrier(self) -> str:
        """The provider: its events tell of every account's mails alike."""
        return SENDGRID

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        """Hand over one mail: one request, never repeated here."""
        try:
            body = request_body(mail)
        except ValueError as error:
            return Refused(f"sendgrid: {error}")
        try:
            answer = self._ask(body)
        except NotSent as error:
            return Later(f"sendgrid: {error}", everyone=True)
        except NoAnswer as error:
            return Unknown(f"sendgrid: {error}")
        return _outcome(answer, mail, now)

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:  # noqa: ARG002
        """The API cannot be asked; its events come by the webhook and are weighed by `settle`."""
        return Evidence.NONE

    def clock(self) -> datetime | None:
        """What time SendGrid has."""
        return self._wire.clock()

    def erase(self, address: str, deliveries: Collection[str]) -> None:  # noqa: ARG002 - the API erases by address
        """Ask SendGrid to erase what it keeps of an address (POST /v3/recipients/erasejob). Raises DripError unless it takes the job."""
        try:
            answer = self._eraser.post(request_body=json.dumps({"email_addresses": [address]}).encode())
        except (NotSent, NoAnswer):
            raise DripError(_NOT_ERASED.format("does not answer")) from None
        except HTTPError as refusal:
            raise DripError(_NOT_ERASED.format(f"says {refusal.status_code}")) from None
        if answer.status_code != HTTPStatus.ACCEPTED:
            raise DripError(_NOT_ERASED.format(f"says {answer.status_code}"))

    def close(self) -> None:
        """Give back the kept connections."""
        self._wire.close()

    def _ask(self, body: bytes) -> Response | HTTPError:
        try:
            return self._door.post(request_body=body)
        except HTTPError as refusal:
            return refusal


class _KeptClient(Client):  # type: ignore[misc] # the library ships no types
    """The official client with its network replaced: the stock one makes a TLS context and a connection for every call."""

    def __init__(self, wire: Wire, **client: Any) -> None:  # noqa: ANN401 - the library's own arguments
        super().__init__(**client)
        self.wire = wire

    def _build_client(self, name: str | None = None) -> "_KeptClient":
        """The library would go on with a stock client here."""
        url_path = [*self._url_path, name] if name else self._url_path
        return _KeptClient(
            self.wire, host=self.host, version=self._version, request_headers=self.request_headers, url_path=url_path
        )

    def post(self, request_body: bytes) -> Response:
        """One POST of bytes that are JSON already. Raises NotSent, NoAnswer, or the library's HTTPError."""
        answer = self.wire.post(urlsplit(self._build_url(None)).path, self.request_headers, request_body)
        if answer.status >= 300:
            kind = err_dict.get(answer.status, HTTPError)
            raise kind(answer.status, answer.reason, answer.body, answer.headers)
        return Response(answer)


def request_body(mail: Outgoing) -> bytes:
    """The JSON of POST /v3/mail/send. Of ours the provider gets one opaque argument and no category: both are kept for long.

    Raises ValueError for what cannot be written as a mail.
    """
    headers = {**mail.headers, "Message-ID": mail.message_id, "Date": format_datetime(mail.date)}
    _require_writable(mail, headers)
    content = [{"type": "text/plain", "value": mail.text}]
    if mail.html is not None:
        content.append({"type": "text/html", "value": mail.html})
    sender = {"email": mail.sender.address} | ({"name": mail.sender.name} if mail.sender.name else {})
    body: dict[str, object] = {
        "personalizations": [
            {
                "to": [{"email": mail.to}],
                "headers": headers,
                # the delivery, and which attempt at it: random and a number
                "custom_args": {"d": f"{mail.delivery}.{mail.fence}"},
            }
        ],
        "from": sender,
        "subject": mail.subject,
        "content": content,
        "tracking_settings": _NOTHING_TRACKED,
    }
    if mail.reply_to:
        body["reply_to"] = {"email": mail.reply_to}
    return json.dumps(body).encode("ascii")


def _require_writable(mail: Outgoing, headers: Mapping[str, str]) -> None:
    exact = {**headers, "To": mail.to, "From": mail.sender.address, "Reply-To": mail.reply_to or "-"}
    for name, value in exact.items():
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"the header {name} cannot be written: it holds a line break or is not ASCII")
    if breaks_line(mail.subject) or breaks_line(mail.sender.name):
        raise ValueError("the headers Subject and From cannot hold a line break")


def _outcome(answer: Response | HTTPError, mail: Outgoing, now: datetime) -> Outcome:
    """What an answer means. Whatever is not surely a refusal of the whole request leaves the mail's fate open."""
    said = f"sendgrid: {answer.status_code} {_words(answer.body)}".rstrip()
    match answer.status_code:
        case 202:
            return Accepted(answer.headers.get("X-Message-Id") or "")
        case 400 | 403 if _is_sender(answer.body):
            return refused(About.SENDER, f"{said} (check the sender at SendGrid)")
        case 400 | 413:
            return refused(About.MAIL, said)
        case 406 | 415 | 422:
            return refused(About.POLICY, said)
        case 401 | 402 | 403:
            return refused(About.ACCOUNT, f"{said} (check SENDGRID_API_KEY, and the account at SendGrid)")
        case 429:
            return Later(said, not_before=_when_open(answer.headers, mail, now), everyone=True)
        case 500 | 503 if _words(answer.body):
            return Later(said, everyone=True)
        case status if 300 <= status < 500 and status != 408:
            return refused(About.ACCOUNT, f"{said} (check SENDGRID_API_URL)")
    return Unknown(said)


def _is_sender(body: bytes | None) -> bool:
    """Whether an error body names the field `from`, or a sender that is not verified."""
    try:
        errors = json.loads(body or b"")["errors"]
        fields = {str(each.get("field") or "").partition(".")[0] for each in errors}
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return bool(fields & {"from", "reply_to"}) or "verified sender" in _words(body).lower()


def _words(body: bytes | None) -> str:
    """The provider's own words in a complete error body, without anybody's address; '' if it is not one."""
    try:
        errors = json.loads(body or b"")["errors"]
        said = "; ".join(f"{each.get('field') or ''} {each['message']}".strip() for each in errors)
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
    return _ADDRESS.sub("(address)", said)[:160]


def _when_open(headers: Mapping[str, str], mail: Outgoing, now: datetime) -> datetime:
    """When the rate limit says it ends, in our time; a few seconds apart for each mail, always the same few for the same one."""
    wait = min(max(_told_to_wait(headers, now), timedelta(0)), LONGEST_WAIT)
    return now + wait + timedelta(seconds=crc32(mail.delivery.encode()) % (_SPREAD_SECONDS * 1000) / 1000)


def _told_to_wait(headers: Mapping[str, str], now: datetime) -> timedelta:
    try:
        if after := headers.get("Retry-After"):
            return timedelta(seconds=int(after))
        # reset is an instant by the provider's clock, and its Date says what time that clock has
        date = headers.get("Date")
        theirs = parsedate_to_datetime(date) if date else now
        return timedelta(seconds=int(headers.get("X-RateLimit-Reset") or "") - theirs.timestamp())
    except (ValueError, TypeError, OverflowError):
        return timedelta(minutes=1)
