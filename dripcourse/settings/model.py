"""Every setting with its type, its default and how its text is read."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, SecretStr

from dripcourse.domain.mail import Mailbox
from dripcourse.settings import urls, words
from dripcourse.settings.urls import MailUrl, OutboxUrl
from dripcourse.settings.words import Listen


class Settings(BaseModel):
    """What the host chose, checked, each in its own type; secrets show in no repr. Made by `load_settings`.

    What a command's `Needs` leaves unread stands at its default; what is required is then empty. What the settings are for
    stands in `about.ABOUT`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=str.upper)

    database_url: Annotated[SecretStr, PlainValidator(urls.database)] = SecretStr("")
    data_dir: Annotated[Path, PlainValidator(words.folder)] = Path("data")
    journal_dir: Annotated[Path, PlainValidator(words.folder)] = Path("data/journal")
    mail_url: Annotated[MailUrl, PlainValidator(urls.mail_door)] = OutboxUrl(Path("data/outbox"))
    sendgrid_api_key: Annotated[SecretStr | None, PlainValidator(words.secret)] = None
    sendgrid_api_url: Annotated[str, PlainValidator(urls.api_address)] = "https://api.sendgrid.com"
    sendgrid_event_public_keys: Annotated[tuple[str, ...], PlainValidator(words.public_keys)] = Field(
        (), alias="SENDGRID_EVENT_PUBLIC_KEY"
    )
    sendgrid_inbound_public_keys: Annotated[tuple[str, ...], PlainValidator(words.public_keys)] = Field(
        (), alias="SENDGRID_INBOUND_PUBLIC_KEY"
    )
    inbound_secret: Annotated[SecretStr | None, PlainValidator(words.path_secret)] = None
    authserv_id: Annotated[str | None, PlainValidator(words.word)] = None
    lmtp_listen: Annotated[Listen | None, PlainValidator(words.listen)] = None
    imap_url: Annotated[SecretStr | None, PlainValidator(urls.imap)] = None
    secret_keys: Annotated[tuple[SecretStr, ...], PlainValidator(words.secrets)] = Field((), alias="SECRET_KEY")
    reply_keys: Annotated[tuple[SecretStr, ...], PlainValidator(words.seal_keys)] = ()
    base_url: Annotated[str, PlainValidator(urls.web_address)] = ""
    mail_from: Annotated[Mailbox, PlainValidator(words.mailbox)] = Mailbox("")
    system_from: Annotated[Mailbox, PlainValidator(words.mailbox)] = Mailbox("")
    reply_domain: Annotated[str, PlainValidator(words.domain)] = ""
    host_email: Annotated[str | None, PlainValidator(words.address)] = None
    postal_address: Annotated[str, PlainValidator(words.line)] = ""
    courses_dir: Annotated[Path | None, PlainValidator(words.folder_there)] = None
    host: Annotated[str, PlainValidator(words.host)] = "127.0.0.1"
    port: Annotated[int, PlainValidator(words.whole(1, 65535))] = 8025
    trusted_proxies: Annotated[int, PlainValidator(words.whole(0, 10))] = 0
    rate_per_second: Annotated[float | None, PlainValidator(words.rate)] = None
    tick_seconds: Annotated[int, PlainValidator(words.whole(1, 3600))] = 10
    lease_seconds: Annotated[int, PlainValidator(words.whole(10, 3600))] = 60
    unsure_policy: Annotated[Literal["assume", "hold"], PlainValidator(words.one_of("assume", "hold"))] = "assume"
    replies_kept_months: Annotated[int, PlainValidator(words.whole(1, 12))] = 12
    now: Annotated[datetime | None, PlainValidator(words.instant)] = Field(None, alias="DRIPCOURSE_NOW")

    @property
    def sqlite_path(self) -> Path | None:
        """The database's file; None if it is PostgreSQL."""
        return urls.sqlite_path(self.database_url.get_secret_value())
