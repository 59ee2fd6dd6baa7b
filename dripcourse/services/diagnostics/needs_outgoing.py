"""What needs the host of the mails and the readers they go to."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from dripcourse.db import queries
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.need import Need, because, many
from dripcourse.services.diagnostics.need import A_DAY, AN_HOUR, Look, Provider

_RELAY_GIVES_UP = timedelta(days=8)
"""A relay that says nothing more for so long has given up a mail, or sent it."""
_A_MONTH = timedelta(days=30)
"""A lesson that came back longer ago is read on the reader's page, or not any more."""
_LISTED = "dripcourse deliveries list"
_AGAIN = "{cause}. It can go again: dripcourse deliveries resolve ID --again"
_HELD: Mapping[Reason, str] = {
    Reason.FULL: "came back, for the mailbox is full{cause}. It goes again by itself after a time",
    Reason.POLICY: "came back by the other side's policy, or for a fault on ours" + _AGAIN,
    Reason.RETURNED: "came back" + _AGAIN,
    Reason.REPORTED: "came back, says a report by mail alone, because nobody is there" + _AGAIN,
    Reason.NOBODY: "came back, for nobody is there" + _AGAIN,
    Reason.TEMPLATE: "cannot be written{cause}. It goes by itself when the fault is mended and a worker was started anew",
    Reason.EXPIRED: "was refused for the moment for five days, and is not tried any more{cause}. Put the cause right, then: dripcourse deliveries resolve ID --not-sent",
    Reason.REFUSED: "was refused by the mail server{cause}. Put the cause right, then: dripcourse deliveries resolve ID --not-sent",
}

_BACK: Mapping[Reason, str] = {
    Reason.POLICY: "came back for a policy of the other side, or a fault of ours",
    Reason.FULL: "came back from a full mailbox",
    Reason.RETURNED: "came back",
}


def courses(look: Look) -> Iterator[Need]:
    """Readers whose course is missing, and those who still wait for one that is there again."""
    known = look.parts.library.courses
    for slug, count in sorted(look.session.execute(queries.needs.without_course(list(known))), key=str):
        says = (
            f"The course {slug} is missing, so {many(count, 'reader stands', 'readers stand')} still."
            " Put its folder back, or its name, and start the worker anew."
        )
        yield Need("course", count, None, says, "dripcourse course list")
    for slug, count in look.session.execute(queries.needs.paused_for_course()):
        if slug in known:
            says = (
                f"The course {slug} is there again, but {many(count, 'reader still waits', 'readers still wait')} for it."
                " Start the worker anew: they go on at once."
            )
            yield Need("course", count, None, says, "dripcourse worker")


def held(look: Look) -> Iterator[Need]:
    """Mails that wait for the host's word, or for the words of a course."""
    for reason, count, since, detail in look.session.execute(queries.needs.held()):
        cause = detail.partition(": ")[2] if reason is Reason.TEMPLATE else detail
        says = _HELD.get(
            reason, "is held ({reason}){cause}. Decide about it: dripcourse deliveries resolve ID --not-sent"
        )
        if reason in _BACK:
            says = _BACK[reason] + "{cause}. Put the cause right, then: dripcourse deliveries resolve ID --again"
        sentence = says.format(reason=reason.value, cause=because(cause))
        who = "A mail" if count == 1 else f"{count} mails: each"
        yield Need("held", count, since, f"{who} {sentence}.", _LISTED)


def sent_back(look: Look) -> Iterator[Need]:
    """So many mails were sent back or refused that lessons wait."""
    row = look.session.scalar(queries.delivery.circuit("returned"))
    if row is not None and row.opened_at is not None:
        says = (
            f"Mails to {many(row.failures, 'reader')} were sent back or refused{because(row.reason)}, so lessons wait: one in six hours"
            " tries, and the others follow when it is not sent back. Put the cause right; what is held goes again by:"
            " dripcourse deliveries resolve ID --again."
        )
        yield Need("returned", row.failures, row.opened_at, says, _LISTED)


def bounced(look: Look) -> Iterator[Need]:
    """Lessons that came back while the course went on: their readers have not got them."""
    count, since, detail = look.session.execute(queries.needs.came_back_behind(look.now - _A_MONTH)).one()
    if count:
        says = (
            f"{many(count, 'lesson')} came back and the course went on without {'it' if count == 1 else 'them'}{because(detail)}."
            " Send a copy: dripcourse deliveries resolve ID --again."
        )
        yield Need("bounced", count, since, says, _LISTED)


def retried(look: Look) -> Iterator[Need]:
    """Lessons that came back and go again by themselves."""
    count, since, until, detail = look.session.execute(queries.needs.held_until()).one()
    if count:
        says = f"{many(count, 'lesson')} came back{because(detail)}. {'It goes' if count == 1 else 'They go'} again, or the next one does, by {'itself' if count == 1 else 'themselves'}, from {until:%Y-%m-%d %H:%M} UTC on."
        yield Need("waiting", count, since, says, _LISTED)


def unsure(look: Look) -> Iterator[Need]:
    """Mails that may or may not have been taken."""
    count, since, detail = look.session.execute(queries.needs.unsure()).one()
    if count:
        patience = look.parts.rules.assume_after
        then = f"after {patience.days} days they count as sent" if patience else "each waits for your word"
        says = (
            f"{many(count, 'mail')} may or may not have been sent{because(detail)}: evidence is asked for, and {then}."
        )
        yield Need("unsure", count, since, says, "dripcourse deliveries unsure")


def put_back(look: Look) -> Iterator[Need]:
    """Mails that the other side puts off for days, here or at a relay that took them."""
    count, since, detail = look.session.execute(queries.needs.put_back(look.now - A_DAY)).one()
    if count:
        says = f"{many(count, 'mail')} could not be sent for over a day and {'is' if count == 1 else 'are'} tried again and again{because(detail)}."
        yield Need("later", count, since, says, _LISTED)
    span = (look.now - _RELAY_GIVES_UP, look.now - A_DAY)
    count, since, detail = look.session.execute(queries.needs.set_back(DeliveryState.DEFERRED, *span)).one()
    if count:
        says = f"{many(count, 'mail')} {'waits' if count == 1 else 'wait'} at a mail server for over a day{because(detail)}. Its own log and queue say why."
        yield Need("deferred", count, since, says, _LISTED)


def standing_still(look: Look) -> Iterator[Need]:
    """Whatever should have gone on more than an hour ago, whatever the cause."""
    ask, hour_ago = look.session.execute, look.now - AN_HOUR
    log = "If a worker ticks, its log says why."
    count, since = ask(queries.needs.late(hour_ago)).one()
    if count:
        says = f"{many(count, 'lesson')} should have been sent over an hour ago, and nobody has taken {'it' if count == 1 else 'them'} up. {log}"
        yield Need("late", count, since, says, "dripcourse doctor")
    count, since = ask(queries.needs.put_off(look.now - A_DAY)).one()
    if count:
        says = f"{many(count, 'lesson')} cannot be prepared and {'is' if count == 1 else 'are'} put off again and again: a row may be damaged. {log}"
        yield Need("late", count, since, says, "dripcourse subscriber list")
    count, since = ask(queries.needs.reminders_late(hour_ago)).one()
    if count:
        yield Need(
            "late",
            count,
            since,
            f"{many(count, 'reminder')} should have been sent over an hour ago. {log}",
            "dripcourse doctor",
        )
    count, since = ask(queries.needs.queue_late(hour_ago)).one()
    more, slept = ask(queries.needs.asleep()).one()
    if count + more:
        says = f"{many(count + more, 'mail')} in hand should have gone on over an hour ago. {log}"
        yield Need("queue", count + more, min(filter(None, (since, slept))), says, _LISTED)
    count, since = ask(queries.needs.stuck()).one()
    if count:
        says = f"{many(count, 'reader has', 'readers have')} no next lesson and no date, though the course goes on. Pause and resume each."
        yield Need("stuck", count, since, says, "dripcourse subscriber list")


PROVIDERS: tuple[Provider, ...] = (courses, sent_back, held, bounced, retried, unsure, put_back, standing_still)
