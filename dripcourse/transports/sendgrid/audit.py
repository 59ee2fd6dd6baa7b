"""An account at SendGrid, judged by what its API says of it: trackers, copies, who is told of every mail, what the key may do.

Pure: answers in, findings out. Which address is asked for what stands in `PLACES`; the shapes are those of the provider's own
description where that has them, and else of its documentation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dripcourse.domain.finding import Finding, look, unseen, well, wrong
from dripcourse.transports.sendgrid.webhook_audit import Wanted, events, inbound, policies

PLACES = {
    "key": "/v3/scopes",
    "open": "/v3/tracking_settings/open",
    "click": "/v3/tracking_settings/click",
    "google": "/v3/tracking_settings/google_analytics",
    "subscription": "/v3/tracking_settings/subscription",
    "mail": "/v3/mail_settings",
    "events": "/v3/user/webhooks/event/settings/all",
    "parse": "/v3/user/webhooks/parse/settings",
    "policies": "/v3/user/webhooks/security/policies",
    "groups": "/v3/asm/groups",
    "access": "/v3/access_settings/whitelist",
}
"""What is asked for, by the name it has here. All of it is a GET: nothing at the provider is changed."""

MAY_LOOK = "The key may not look there, which is right for a key that only sends. To look once: SENDGRID_API_KEY=(a key that may read) dripcourse doctor"
_TRACKERS = {
    "open": "counts who opened a mail",
    "click": "leads every link through its own counter",
    "google": "marks every link for Google Analytics",
    "subscription": "puts a footer of its own under every mail",
}
_MEDDLING = {
    "bcc": "sends a copy of every mail to another address",
    "footer": "puts a footer of its own under every mail",
    "template": "wraps every mail in a template of its own",
    "forward_bounce": "forwards bounces, with readers' addresses, to another mailbox",
    "forward_spam": "forwards complaints, with readers' addresses, to another mailbox",
    "spam_check": "holds back mails that its own filter dislikes",
}
_LEAKS = frozenset({"bcc"})
_OURS = frozenset(
    {
        "mail.send",
        "recipients.erasejob.create",
        "recipients.erasejob.read",
        "2fa_required",
        "2fa_exempt",
        "sender_verification_eligible",
        "sender_verification_legacy",
        "sender_verification_exempt",
    }
)
_CHANGES = (".create", ".update", ".delete", ".send", ".patch")
_SWITCH_OFF = "Switch it off at SendGrid (Settings, Tracking)."


@dataclass(frozen=True, slots=True)
class Told:
    """What one address answered: a status (0: no answer) and the JSON in its body, None if there was none."""

    status: int
    body: Any = None


def judge(told: Mapping[str, Told], wanted: Wanted) -> Iterator[Finding]:
    """Every finding about the account. What was not answered is said to be unseen, and nothing is concluded from it."""
    bodies = {name: answer.body for name, answer in told.items() if answer.status == 200 and answer.body is not None}
    yield from _unseen(told, bodies)
    for name, judged in _JUDGES.items():
        if name in bodies:
            try:
                yield from judged(bodies, wanted)
            except (KeyError, TypeError, AttributeError):
                yield unseen(f"SendGrid: {name}", "answered in a shape that this version does not know")


def _unseen(told: Mapping[str, Told], bodies: Mapping[str, Any]) -> Iterator[Finding]:
    hidden = [name for name in PLACES if name not in bodies]
    statuses = {told[name].status if name in told else 0 for name in hidden}
    if statuses == {401} and not bodies:
        do = "Check SENDGRID_API_KEY: nothing can be sent with it."
        yield wrong("SendGrid: key", "SendGrid does not know this key", do, "No mail leaves until it does.")
    elif hidden and statuses <= {401, 403}:
        yield unseen("SendGrid", f"could not look at: {', '.join(hidden)}", MAY_LOOK)
    elif hidden:
        how = "did not answer" if statuses == {0} else "answered otherwise than expected"
        yield unseen("SendGrid", f"could not look at: {', '.join(hidden)} (it {how})", "Run this again later.")


def _key(bodies: Mapping[str, Any], _wanted: Wanted) -> Iterator[Finding]:
    scopes = set(bodies["key"]["scopes"])
    if "mail.send" not in scopes:
        yield wrong(
            "SendGrid: key",
            "the key may not send mail",
            'Give it the right "Mail Send" at SendGrid.',
            "No mail leaves.",
        )
    more = [scope for scope in scopes - _OURS if scope.endswith(_CHANGES)]
    if more:
        why = "Whoever steals it could redirect readers' replies or read their addresses."
        yield look(
            "SendGrid: key",
            f"the key may change {len(more)} things besides sending",
            "Make a key that may only send.",
            why,
        )
    elif "mail.send" in scopes:
        yield well("SendGrid: key", "the key may send, and change nothing else")


def _tracking(bodies: Mapping[str, Any], _wanted: Wanted) -> Iterator[Finding]:
    on = [name for name in _TRACKERS if bodies.get(name, {}).get("enabled")]
    for name in on:
        why = "Each of our mails says that it is not wanted; a setting that is off cannot be got wrong."
        yield look("SendGrid: trackers", f"{name} tracking is on: it {_TRACKERS[name]}", _SWITCH_OFF, why)
    if not on and all(name in bodies for name in _TRACKERS):
        yield well("SendGrid: trackers", "all are off")


def _mail(bodies: Mapping[str, Any], _wanted: Wanted) -> Iterator[Finding]:
    on = {each["name"] for each in bodies["mail"]["result"] if each["enabled"]} & _MEDDLING.keys()
    for name in sorted(on):
        say = wrong if name in _LEAKS else look
        why = (
            "Somebody else reads what a reader gets."
            if name in _LEAKS
            else "A mail must arrive as it was written, and tell nobody else."
        )
        yield say(
            "SendGrid: mail settings",
            f"{name} is on: it {_MEDDLING[name]}",
            "Switch it off at SendGrid (Settings, Mail Settings).",
            why,
        )
    if not on:
        yield well("SendGrid: mail settings", "no copies, no footer, no template, nothing forwarded")


def _groups(bodies: Mapping[str, Any], _wanted: Wanted) -> Iterator[Finding]:
    groups = bodies["groups"]
    if groups:
        why = "Who leaves such a group is dropped by SendGrid and not told to us by the group's name."
        yield look(
            "SendGrid: groups",
            f"there are {len(groups)} unsubscribe groups, and ours uses none",
            "Leave them to other senders, or delete them.",
            why,
        )
    else:
        yield well("SendGrid: groups", "readers leave by our own links only")


def _access(bodies: Mapping[str, Any], _wanted: Wanted) -> Iterator[Finding]:
    if bodies["access"]["result"]:
        yield well("SendGrid: access", "the key works from listed networks only")
    else:
        why = "A stolen key works from anywhere."
        yield look(
            "SendGrid: access",
            "the account can be used from any network",
            "List your machines at SendGrid (Settings, IP Access Management).",
            why,
        )


_JUDGES = {
    "key": _key, "open": _tracking, "mail": _mail, "events": events, "parse": inbound, "policies": policies,
    "groups": _groups, "access": _access,
}  # fmt: skip
