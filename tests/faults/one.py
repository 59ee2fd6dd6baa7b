"""A wire on which some mails are refused and the others are taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dripcourse.domain.mail import Accepted, Outcome, Outgoing
from tests.support.postman import Postman


@dataclass
class Picky(Postman):
    """Answers by the recipient: what `says` has for it, else yes; `about_all` answers every mail."""

    says: Mapping[str, Outcome] = field(default_factory=dict)
    about_all: Callable[[Outgoing], Outcome | None] = lambda _mail: None

    def __post_init__(self) -> None:
        super().__init__()

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self.answer = self.about_all(mail) or self.says.get(mail.to, Accepted())
        return super().send(mail, now=now)
