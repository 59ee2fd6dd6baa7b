"""What needs the host of what comes in: messages, sign-ups, events, and wishes to be erased."""

from collections.abc import Iterator
from datetime import timedelta

from dripcourse.db import queries
from dripcourse.domain.mail import SENDGRID, carrier_of
from dripcourse.domain.need import Need, because, many
from dripcourse.services import incidents
from dripcourse.services.diagnostics.need import A_DAY, AN_HOUR, Look, Provider
from dripcourse.services.incoming.subscribe import MOST_UNPROVEN, REFUSED

_LOG = "If a worker ticks, its log says why."
_IN = {AN_HOUR: "in an hour", A_DAY: "in a day"}
_SILENT, _WEEKS = timedelta(days=2), timedelta(days=14)
"""A provider tells of a mail within minutes and repeats it for a day; what it took weeks ago is no sign of today."""


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


def refused_signups(look: Look) -> Iterator[Need]:
    """More people asked by mail than may without proof of their address, and the others are not written to."""
    row = incidents.counted(look.session, REFUSED)
    if row is not None and row.probe_at is not None and abs(look.now - row.probe_at) <= A_DAY:
        most = " or ".join(f"{count} {_IN[window]}" for window, count in MOST_UNPROVEN.items())
        says = (
            f"{many(row.failures, 'mail')} asked for a course and {'was' if row.failures == 1 else 'were'} refused: more than {most} came without"
            " proof of their address. Either somebody forges them, or readers are turned away: set AUTHSERV_ID, or have them use the page."
        )
        yield Need("refused-signups", row.failures, row.opened_at, says, "dripcourse inbound list")


def events(look: Look) -> Iterator[Need]:
    """What a provider told and nobody handles."""
    count, since = look.session.execute(queries.needs.events_open(look.now - AN_HOUR)).one()
    if count:
        says = f"{many(count, 'event')} of the mail provider {'waits' if count == 1 else 'wait'} for over an hour to be handled. {_LOG}"
        yield Need("events", count, since, says, "dripcourse doctor")


def no_events(look: Look) -> Iterator[Need]:
    """The provider takes mail and says nothing of it for days, though its posts can be verified."""
    if carrier_of(look.parts.transport) != SENDGRID or not look.parts.rules.event_keys:
        return
    last = look.session.scalars(queries.needs.last_event()).one()
    since = max(filter(None, (last and last + AN_HOUR, look.now - _WEEKS)))
    until = look.now - _SILENT
    if since >= until:
        return
    count, first = look.session.execute(queries.needs.handed_over(since, until)).one()
    if count:
        says = (
            f"SendGrid took {many(count, 'mail')} over {_SILENT.days} days ago and has told nothing since, so nobody here learns of a bounce"
            f" or a complaint. Its event webhook should post to {look.parts.rules.base_url}/hooks/sendgrid/events."
        )
        yield Need("events", count, first, says, "dripcourse doctor")


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


PROVIDERS: tuple[Provider, ...] = (arrivals, signups, refused_signups, events, no_events, erasures, shared)
