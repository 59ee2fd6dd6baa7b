"""The settings as a person may see them: what `doctor` prints, and what it shakes its head at."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from dripcourse.domain.mail import Mailbox
from dripcourse.settings import urls
from dripcourse.settings.model import Settings
from dripcourse.settings.words import HostPort, Listen

_URLS = ("database_url", "imap_url")


def redacted(settings: Settings) -> list[tuple[str, str]]:
    """Every setting by its name with its value in words: no secret in it, only whether it is there."""
    fields = Settings.model_fields
    return [(str(field.alias), _shown(name, getattr(settings, name))) for name, field in fields.items()]


def _shown(name: str, value: object) -> str:
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, SecretStr):
        return urls.masked(value.get_secret_value()) if name in _URLS else "set"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return f"{len(value)} set"
    return _in_words(value)


def _in_words(value: object) -> str:
    match value:
        case Mailbox(address, name):
            return f"{name} <{address}>" if name else address or "-"
        case urls.OutboxUrl(path):
            return f"outbox:{path}"
        case urls.SmtpUrl(host, port, user, _, tls):
            return f"{'smtps' if tls == 'tls' else 'smtp'}://{f'{user}:***@' if user else ''}{host}:{port} ({tls})"
        case urls.SendgridUrl():
            return "sendgrid:"
        case Listen(protocol, HostPort(host, port)):
            return f"{protocol}://{f'[{host}]' if ':' in host else host}:{port}"
        case Listen(protocol, path):
            return f"{protocol}:{path}"
        case _:
            return str(value)


def doubts(settings: Settings) -> list[str]:
    """What is allowed and works on a trial, but not for real readers; one sentence each."""
    said = []
    base = urlsplit(settings.base_url)
    if base.scheme == "http" and not urls.is_loopback(base.hostname or ""):
        said.append(
            "BASE_URL begins with http://: links to a reader's pages cross the net in the open, and mail programs do not show "
            "their button to leave (RFC 8058). Put a certificate before it and write https://."
        )
    if not isinstance(settings.mail_url, urls.OutboxUrl) and _for_trials(settings.reply_domain):
        said.append("REPLY_DOMAIN is a name for trials: no reply can reach it. Write a domain of your own.")
    if (settings.lmtp_listen or settings.imap_url) and not settings.authserv_id:
        said.append(
            "AUTHSERV_ID is not set, though mail comes in by LMTP_LISTEN or IMAP_URL: whoever writes a reader's address into From"
            " is taken for that reader, and few sign-ups by mail an hour are taken. Name what your mail server writes there."
        )
    return said


def _for_trials(domain: str) -> bool:
    return domain.rpartition(".")[2] in ("localhost", "test", "example")
