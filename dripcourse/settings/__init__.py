"""The settings of an installation, and the only reader of the environment.

    settings = ensure_secrets(load_settings())

`load_settings` says everything that is wrong at once; `ensure_secrets` adds the keys; `redacted` is for showing.
"""

from dripcourse.settings.about import ABOUT, About, Needs
from dripcourse.settings.keys import ensure_secrets, is_set_up, new_key
from dripcourse.settings.load import key_files, load_settings
from dripcourse.settings.model import Settings
from dripcourse.settings.show import doubts, redacted
from dripcourse.settings.urls import ImapUrl, MailUrl, OutboxUrl, SendgridUrl, SmtpUrl, imap_door
from dripcourse.settings.words import HostPort, Listen

__all__ = [
    "ABOUT",
    "About",
    "HostPort",
    "ImapUrl",
    "Listen",
    "MailUrl",
    "Needs",
    "OutboxUrl",
    "SendgridUrl",
    "Settings",
    "SmtpUrl",
    "doubts",
    "ensure_secrets",
    "imap_door",
    "is_set_up",
    "key_files",
    "load_settings",
    "new_key",
    "redacted",
]
