"""How the stand-in's account is set up, and the API that tells and changes it: trackers, mail settings, webhooks, the key's rights.

What it says by itself is what a new account says: open and click tracking on, no webhook, any network. The shapes of webhooks and
Inbound Parse are those of the provider's own description; the others are those of its documentation, which that does not cover.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from dripcourse.fakes.answers import Reply, refused
from dripcourse.fakes.rules import Wrong

_HOOK_FIELDS = (
    "group_resubscribe", "delivered", "group_unsubscribe", "spam_report", "bounce", "deferred", "unsubscribe", "processed",
    "open", "click", "dropped",
)  # fmt: skip
_MAIL_SETTINGS = (
    "address_whitelist", "bcc", "bounce_purge", "footer", "forward_bounce", "forward_spam", "plain_content", "spam_check",
    "template",
)  # fmt: skip
_SCOPES = {
    "/v3/tracking_settings": "tracking_settings.read",
    "/v3/mail_settings": "mail_settings.read",
    "/v3/user/webhooks/event": "user.webhooks.event.settings.read",
    "/v3/user/webhooks/parse": "user.webhooks.parse.settings.read",
    "/v3/user/webhooks/security": "user.webhooks.parse.settings.read",
    "/v3/asm": "asm.groups.read",
    "/v3/access_settings": "access_settings.whitelist.read",
}
"""Which right a key must have to look where; its own rights every key may ask for."""
READING = tuple(sorted({"mail.send", "recipients.erasejob.create", *_SCOPES.values()}))

_NEW: Mapping[str, Any] = {
    "/v3/scopes": {"scopes": list(READING)},
    "/v3/tracking_settings/open": {"enabled": True},
    "/v3/tracking_settings/click": {"enabled": True, "enable_text": False},
    "/v3/tracking_settings/google_analytics": {
        "enabled": False, "utm_source": "", "utm_medium": "", "utm_term": "", "utm_content": "", "utm_campaign": "",
    },
    "/v3/tracking_settings/subscription": {
        "enabled": False, "html_content": "", "plain_content": "", "landing": "", "url": "", "replace": "",
    },
    "/v3/mail_settings": {
        "result": [{"name": name, "title": name, "description": "", "enabled": False} for name in _MAIL_SETTINGS]
    },
    "/v3/user/webhooks/event/settings/all": {"max_allowed": 5, "webhooks": []},
    "/v3/user/webhooks/parse/settings": {"result": []},
    "/v3/user/webhooks/security/policies": {"policies": []},
    "/v3/asm/groups": [],
    "/v3/access_settings/whitelist": {"result": []},
}  # fmt: skip


class Standing:
    """The settings of one account, by the address that tells them; `said` may be changed at will."""

    def __init__(self) -> None:
        self.said: dict[str, Any] = deepcopy(dict(_NEW))

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Reply:
        """GET any of the addresses; PATCH a tracking setting. Refuses as the API does: no key, no right to look, no such place."""
        scheme, _, key = (headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not key.strip():
            return refused(401, now, Wrong("authorization required"))
        if path not in self.said:
            return refused(404, now, Wrong("Not Found"))
        right = next((scope for place, scope in _SCOPES.items() if path.startswith(place)), None)
        if right is not None and right not in self.said["/v3/scopes"]["scopes"]:
            return refused(403, now, Wrong("access forbidden"))
        if method == "GET":
            return _json(self.said[path])
        if not path.startswith("/v3/tracking_settings/"):
            return refused(405, now, Wrong("method not allowed"))
        return self._change(path, body, now)

    def _change(self, path: str, body: bytes, now: datetime) -> Reply:
        try:
            wanted = dict(json.loads(body))
        except (ValueError, TypeError):
            return refused(400, now, Wrong("Bad Request"))
        known = self.said[path]
        wrong = [name for name, value in wanted.items() if type(value) is not type(known.get(name))]
        if wrong:
            return refused(400, now, *(Wrong("is no setting of this kind", name) for name in wrong))
        known |= wanted
        return _json(known)

    def hook(self, url: str, public_key: str, **events: bool) -> dict[str, Any]:
        """Add an event webhook that is on; signed if it has a key. Every event but open and click is told of."""
        told = dict.fromkeys(_HOOK_FIELDS, True) | {"open": False, "click": False} | events
        hook = {
            "enabled": True,
            "url": url,
            **told,
            "friendly_name": "",
            "id": f"hook-{url[-8:]}",
            "public_key": public_key,
        }
        self.said["/v3/user/webhooks/event/settings/all"]["webhooks"].append(hook)
        return hook

    def parse(self, hostname: str, url: str, *, send_raw: bool = True, public_key: str = "") -> None:
        """Add a setting of Inbound Parse, and a policy that signs if there is a key."""
        setting = {"url": url, "hostname": hostname, "spam_check": False, "send_raw": send_raw}
        self.said["/v3/user/webhooks/parse/settings"]["result"].append(setting)
        if public_key:
            policy = {"id": "policy-1", "name": "signed", "signature": {"public_key": public_key}}
            self.said["/v3/user/webhooks/security/policies"]["policies"].append(policy)


def _json(said: object) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(said).encode())
