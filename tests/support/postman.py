"""A transport that does as it is told and remembers what it was given; a provider stand-in of its own."""

from datetime import datetime

from dripcourse.domain.mail import Accepted, Evidence, Outcome, Outgoing


class Postman:
    """Answers every mail with `answer`, and every question for evidence with `knows`."""

    is_local = True

    def __init__(self) -> None:
        self.given: list[Outgoing] = []
        self.taken: list[Outgoing] = []
        self.answer: Outcome = Accepted()
        self.knows = Evidence.NONE

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self.given.append(mail)
        if isinstance(self.answer, Accepted):
            self.taken.append(mail)
        return self.answer

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:
        return self.knows

    def close(self) -> None:
        pass
