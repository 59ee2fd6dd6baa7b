"""What needs the host of what comes in: messages, sign-ups, events, and wishes to be erased."""

from collections.abc import Iterator

from dripcourse.db import queries
from dripcourse.domain.need import Need, because, many
from dripcourse.services.diagnostics.need import AN_HOUR, Look, Provider

_LOG = "If a worker ticks, its log says why."


def arrivals(look: Look) -> Iterator[Need]:
    """Messages that nobody handles, and those that were given up."""
    count, since = look.session.execute(queries.needs.arrivals_open(look.now - AN_HOUR)).one()
    if count:
        says = f"{many(count, 'message')} that came in {'waits' if count == 1 else 'wait'} for over an hour to be handled. {_LOG}"
        yield Need("arrivals", count, since, says, "dripcourse inbound list")
    count, since, reason = look.session.execute(queries.needs.arrivals_failed()).one()
    if count:
        says = f"{many(count, 'message')} that came in failed again and again and {'was' if count == 1 else 'were'} set aside, unread{because(reason)}."
        yield Need("set-aside", count, since, says, "dripcourse inbound list")


def signups(look: Look) -> Iterator[Need]:
    """Sign-up requests that nobody decides: their confirmations do not leave."""
    count, since = look.session.execute(queries.needs.signups_open(look.now - AN_HOUR)).one()
    if count:
        says = f"{many(count, 'sign-up')} {'waits' if count == 1 else 'wait'} for over an hour for the confirmation mail. {_LOG}"
        yield Need("signups", count, since, says, "dripcourse doctor")


def events(look: Look) -> Iterator[Need]:
    """What a provider told and nobody handles."""
    count, since = look.session.execute(queries.needs.events_open(look.now - AN_HOUR)).one()
    if count:
        says = f"{many(count, 'event')} of the mail provider {'waits' if count == 1 else 'wait'} for over an hour to be handled. {_LOG}"
        yield Need("events", count, since, says, "dripcourse doctor")


def erasures(look: Look) -> Iterator[Need]:
    """Readers who asked that everything be erased, and it is not."""
    count, since = look.session.execute(queries.needs.erasures_open(look.now - AN_HOUR)).one()
    if count:
        says = (
            f"{many(count, 'reader')} asked over an hour ago that everything be erased, and it is not finished:"
            " a mail server or provider does not answer, or a row is damaged. It is tried again every hour."
        )
        yield Need("erasure", count, since, says, "dripcourse doctor")


def shared(look: Look) -> Iterator[Need]:
    """Answers that readers share and the host has not seen. They keep nothing from going on."""
    count, since = look.session.execute(queries.needs.shared_unread()).one()
    if count:
        waits = "waits" if count == 1 else "wait"
        says = f"{many(count, 'shared answer')} {waits} for you to read. `subscriber list` names the readers, `subscriber show` the words."
        yield Need("shared", count, since, says, "dripcourse subscriber list --shared")


PROVIDERS: tuple[Provider, ...] = (arrivals, signups, events, erasures, shared)
