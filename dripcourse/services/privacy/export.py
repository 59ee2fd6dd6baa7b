"""Everything known of a reader, as JSON: for the reader, or for the host without the words that are the reader's alone."""

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.services.enrollment import appearance, suppression
from dripcourse.services.enrollment.lookup import subscriber_of
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.replies import store
from dripcourse.services.replies.shared import shared_with_host


def export(parts: Parts, ident: str) -> dict[str, Any]:
    """Everything known of the reader that an id or an address names, but the words that are theirs alone.

    Instants are aware and in UTC. Of replies the shared ones are told, and how many there are besides: those only their reader's own
    page can show. Raises NotFound.
    """
    with parts.db.read() as session:
        subscriber = subscriber_of(parts, session, ident)
        told = _known(parts, session, subscriber)
        for each in told["enrollments"]:
            shared = shared_with_host(parts, session, each["id"])
            each["shared_replies"] = [{"lesson": one.lesson, "at": one.at, "text": one.text} for one in shared]
        told["private_replies"] = sum(not each.shared for each in store.kept(session, subscriber.id))
        return told


def own(parts: Parts, token: str) -> dict[str, Any]:
    """The same for the reader themselves, by a link from a mail: of what they wrote only that it exists, and when. Raises NotFound."""
    with parts.db.read() as session:
        subscriber = session.get_one(Subscriber, of_link(parts, session, token)[1].subscriber_id)
        told = _known(parts, session, subscriber)
        told["written"] = [
            {"course": each.course, "lesson": each.lesson, "by": _how(each), "at": each.at, "shared": each.shared}
            for each in store.kept(session, subscriber.id)
        ]
        return told


def as_json(told: dict[str, Any]) -> str:
    """What is known, as JSON to keep: instants are ISO 8601 in UTC, dates as they are."""
    return json.dumps(told, default=_iso, ensure_ascii=False, indent=1)


def _iso(value: date) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _how(kept: store.Kept) -> str:
    return "page" if kept.sender == store.FROM_PAGE else "mail"


def _known(parts: Parts, session: Session, subscriber: Subscriber) -> dict[str, Any]:
    enrollments = [row for row, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id))]
    return {
        "address": parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode(),
        "since": subscriber.created_at,
        "reads_alone": subscriber.reads_alone,
        "phrase_since": subscriber.phrase_since,
        "bounces": subscriber.bounce_score,
        "lifted": [
            {"reason": each.reason, "since": each.since, "lifted_at": each.lifted_at, "by": each.by, "why": each.why}
            for each in suppression.lifted(session, subscriber.id)
        ],
        "enrollments": [_enrollment(parts, session, row) for row in enrollments],
    }


def _enrollment(parts: Parts, session: Session, row: Enrollment) -> dict[str, Any]:
    worn = appearance.known_of(parts.keys, row)
    return {
        **{name: getattr(row, name) for name in queries.privacy.CHOSEN},
        "cover_name": worn.name or None,
        "cover_subject": worn.subject or None,
        "state": row.state.value,
        "left_reason": row.left_reason.value if row.left_reason else None,
        "pace": row.pace.value,
        "quiet_dates": sorted(map(str, row.quiet)),
        "consents": [dict(each) for each in session.execute(queries.privacy.consents_of(row.id)).mappings()],
        "mails": [
            {**each, "kind": each["kind"].value, "state": each["state"].value}
            for each in session.execute(queries.privacy.mails_of(row.id)).mappings()
        ],
    }
