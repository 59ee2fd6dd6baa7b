"""The page that shows what the stand-in took."""

from collections.abc import Sequence
from html import escape

from dripcourse.fakes.sendgrid import Taken


def page(taken: Sequence[Taken], answered: int, waiting: int) -> str:
    """Every mail that was taken, newest first, with a link to it as a mailbox would get it."""
    rows = "".join(
        f"<tr><td>{escape(str(mail.at))}<td>{escape(mail.to)}<td>{escape(mail.request['subject'])}"
        f"<td><a href='/mails/{place}'>{escape(mail.name)}</a>"
        for place, mail in reversed(list(enumerate(taken)))
    )
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>fake-sendgrid</title><h1>fake-sendgrid</h1>"
        f"<p>{len(taken)} mails taken, {answered} requests answered, {waiting} posts of events still to come.</p>"
        f"<table><thead><tr><th>Taken<th>To<th>Subject<th>Mail</thead>{rows}</table></html>"
    )
