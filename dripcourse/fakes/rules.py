"""What SendGrid's API asks of POST /v3/mail/send, beyond what its own description says. Pure: a request in, what is wrong out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 30 * 2**20
_MOST_RECIPIENTS = 1000
_MOST_ARGUMENT_BYTES = 10_000
_RESERVED = frozenset(
    [
        "x-sg-id",
        "x-sg-eid",
        "received",
        "dkim-signature",
        "content-type",
        "content-transfer-encoding",
        "to",
        "from",
        "subject",
        "reply-to",
        "cc",
        "bcc",
    ]
)
_ADDRESS = re.compile(r"[^@\s<>,;\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_FIELDS = frozenset(
    [
        "personalizations",
        "from",
        "reply_to",
        "reply_to_list",
        "subject",
        "content",
        "attachments",
        "template_id",
        "headers",
        "categories",
        "custom_args",
        "send_at",
        "batch_id",
        "asm",
        "ip_pool_name",
        "mail_settings",
        "tracking_settings",
    ]
)
_PERSONAL = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "headers",
        "substitutions",
        "dynamic_template_data",
        "custom_args",
        "send_at",
    ]
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing the API would refuse a request for."""

    message: str
    field: str | None = None


def faults(request: object) -> list[Wrong]:
    """Everything that is wrong with a request; nothing if the API would take it."""
    if not isinstance(request, dict):
        return [Wrong("Bad Request")]
    try:
        return [wrong for rule in _RULES for wrong in rule(request)]
    except (TypeError, AttributeError, KeyError):
        return [Wrong("Bad Request")]  # a field of another type than it must be


def is_sandboxed(request: Mapping[str, Any]) -> bool:
    """Whether a request asks to be looked at only."""
    return bool(request.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"))


def _known_fields(request: Mapping[str, Any]) -> Iterator[Wrong]:
    for name in request.keys() - _FIELDS:
        yield Wrong("There is no such field", name)


def _personalizations(request: Mapping[str, Any]) -> Iterator[Wrong]:
    found = request.get("personalizations")
    if not isinstance(found, list) or not 1 <= len(found) <= 1000:
        yield Wrong(
            "The personalizations field is required and must have at least one personalization.", "personalizations"
        )
        return
    count = 0
    for number, each in enumerate(found):
        field = f"personalizations.{number}"
        count += sum(len(each.get(name, ())) for name in ("to", "cc", "bcc"))
        yield from _one_personalization(each, field)
        if not (each.get("subject") or request.get("subject") or request.get("template_id")):
            yield Wrong(
                "The subject is required. You can get around this requirement if you use a template with a subject defined"
                " or if every personalization has a subject defined.",
                "subject",
            )
    if count > _MOST_RECIPIENTS:
        yield Wrong("There are too many recipients in one request.", "personalizations")


def _one_personalization(each: Mapping[str, Any], field: str) -> Iterator[Wrong]:
    for name in each.keys() - _PERSONAL:
        yield Wrong("There is no such field", f"{field}.{name}")
    if not each.get("to"):
        yield Wrong(
            "The to array is required for all personalization objects, and must have at least one email object with a"
            " valid email address.",
            f"{field}.to",
        )
    seen: set[str] = set()
    for name in ("to", "cc", "bcc"):
        for place, mailbox in enumerate(each.get(name, ())):
            yield from _mailbox(mailbox, f"{field}.{name}.{place}")
            address = str(mailbox["email"]).casefold()
            if address in seen:
                yield Wrong("Each email address in the personalization block should be unique.", field)
            seen.add(address)
    yield from _headers(each.get("headers", {}), f"{field}.headers")
    yield from _arguments(each.get("custom_args", {}), f"{field}.custom_args")


def _mailbox(mailbox: Mapping[str, Any], field: str) -> Iterator[Wrong]:
    if not _ADDRESS.fullmatch(mailbox["email"]):
        yield Wrong("Does not contain a valid address.", f"{field}.email")
    if set(mailbox.get("name") or "") & set(";,"):
        yield Wrong("The name cannot hold a comma or a semicolon.", f"{field}.name")


def _sender(request: Mapping[str, Any]) -> Iterator[Wrong]:
    if not request.get("from"):
        yield Wrong("The from object must be provided for every email send.", "from.email")
        return
    address = request["from"]["email"]
    if not (_ADDRESS.fullmatch(address) and address.isascii()):
        yield Wrong("The from email does not contain a valid address.", "from.email")
    if "reply_to" in request:
        yield from _mailbox(request["reply_to"], "reply_to")
        if "reply_to_list" in request:
            yield Wrong("The reply_to and reply_to_list exclude each other.", "reply_to_list")


def _content(request: Mapping[str, Any]) -> Iterator[Wrong]:
    parts = request.get("content") or []
    if not parts and not request.get("template_id"):
        yield Wrong(
            "The content is required. You can get around this requirement if you provide a template.", "content"
        )
    types = [part["type"] for part in parts]
    for place, part in enumerate(parts):
        if not isinstance(part["value"], str) or not part["value"]:
            yield Wrong(
                "The content value must be a string at least one character in length.", f"content.{place}.value"
            )
    if "text/plain" in types[1:]:
        yield Wrong(
            "If present, text/plain must be first, followed by text/html, followed by any other content.", "content"
        )


def _headers(headers: Mapping[str, Any], field: str) -> Iterator[Wrong]:
    for name, value in headers.items():
        if name.lower() in _RESERVED:
            yield Wrong(f"The header {name} is reserved.", f"{field}.{name}")
        if not isinstance(value, str) or not (value.isascii() and value.isprintable() and name.isascii()):
            yield Wrong("Header values must be strings of ASCII characters without line breaks.", f"{field}.{name}")


def _arguments(arguments: Mapping[str, Any], field: str) -> Iterator[Wrong]:
    if any(not isinstance(value, str) for value in arguments.values()):
        yield Wrong("Custom arguments must be strings.", field)
    elif sum(len((name + value).encode()) for name, value in arguments.items()) >= _MOST_ARGUMENT_BYTES:
        yield Wrong("Custom arguments must be under 10,000 bytes.", field)


def _whole_mail(request: Mapping[str, Any]) -> Iterator[Wrong]:
    yield from _headers(request.get("headers", {}), "headers")
    yield from _arguments(request.get("custom_args", {}), "custom_args")
    categories = request.get("categories", [])
    if len(categories) > 10 or any(len(each) > 255 for each in categories) or len(set(categories)) < len(categories):
        yield Wrong("There are at most 10 categories, each once and of 255 characters at most.", "categories")
    if not 2 <= len(request.get("ip_pool_name", "--")) <= 64:
        yield Wrong("The ip pool name has 2 to 64 characters.", "ip_pool_name")


def _settings(request: Mapping[str, Any]) -> Iterator[Wrong]:
    for group in ("mail_settings", "tracking_settings"):
        for name, setting in request.get(group, {}).items():
            for switch in ("enable", "enable_text"):
                if not isinstance(setting.get(switch, False), bool):
                    yield Wrong("This must be true or false.", f"{group}.{name}.{switch}")


_RULES: tuple[Callable[[Mapping[str, Any]], Iterator[Wrong]], ...] = (
    _known_fields,
    _personalizations,
    _sender,
    _content,
    _whole_mail,
    _settings,
)
