"""The named queries, by subject: `queries.claim.enrollments_due(...)`. Statements only; transactions belong to the services."""

from dripcourse.db.queries import (
    arrivals,
    audit,
    bounced,
    claim,
    delivery,
    enrollment,
    incoming,
    journal,
    needs,
    overview,
    privacy,
    provider_events,
    replies,
    retention,
    sealed,
    tick,
)

__all__ = [
    "arrivals",
    "audit",
    "bounced",
    "claim",
    "delivery",
    "enrollment",
    "incoming",
    "journal",
    "needs",
    "overview",
    "privacy",
    "provider_events",
    "replies",
    "retention",
    "sealed",
    "tick",
]
