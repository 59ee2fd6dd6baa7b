"""Rows for tests of the tables: whole ones, of which a test says only what matters to it."""

import os
from datetime import UTC, datetime
from typing import Any

from dripcourse.db.models import Delivery, Enrollment, Subscriber
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import Pace
from dripcourse.services.crypto.keyring import new_id

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def subscriber(**values: Any) -> Subscriber:
    said = {"id": new_id(), "address_sealed": b"sealed", "address_index": os.urandom(32), "created_at": NOW}
    return Subscriber(**said | values)


def enrollment(reader: Subscriber, **values: Any) -> Enrollment:
    said = {
        "id": new_id(),
        "subscriber_id": reader.id,
        "course": "small",
        "language": "en",
        "zone": "UTC",
        "offset_minutes": 0,
        "pace": Pace.WEEKLY,
        "state": EnrollmentState.ACTIVE,
        "created_at": NOW,
    }
    return Enrollment(**said | values)


def delivery(of: Enrollment | None = None, **values: Any) -> Delivery:
    said = {
        "id": new_id(),
        "kind": Kind.LESSON,
        "key": new_id(),
        "enrollment_id": of.id if of else None,
        "recipient": b"r" * 32,
        "course": "small",
        "lesson": "welcome",
        "state": DeliveryState.ACCEPTED,
        "claimed_at": NOW,
        "changed_at": NOW,
    }
    return Delivery(**said | values)
