"""The deliveries that an enrollment has had, and those in hand."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.domain.delivery import IN_HAND, Reason
from dripcourse.services.messages.model import Past


def pasts_of(session: Session, enrollments: Sequence[str]) -> dict[str, Past]:
    """What each of these enrollments has had, or has in hand."""
    if not enrollments:
        return {}
    seen, assumed = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    waiting: set[str] = set()
    for enrollment, slug, reason, state in session.execute(queries.claim.lessons_seen(enrollments)):
        seen[enrollment or ""].add(slug or "")
        if reason in (Reason.ASSUMED, Reason.REPORTED):  # the next mail tells how to ask for it
            assumed[enrollment or ""].add(slug or "")
        if state in IN_HAND:
            waiting.add(enrollment or "")
    return {ident: Past(frozenset(slugs), frozenset(assumed[ident]), ident in waiting) for ident, slugs in seen.items()}
