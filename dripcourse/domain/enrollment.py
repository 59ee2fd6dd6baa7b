"""The states of an enrollment: one reader in one course."""

from enum import StrEnum


class EnrollmentState(StrEnum):
    """Where a reader stands in a course."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    LEFT = "left"


class LeftReason(StrEnum):
    """Why an enrollment ended before its course did."""

    ASKED = "asked"
    COMPLAINT = "complaint"
    BOUNCED = "bounced"
    ERASED = "erased"
    EXPIRED = "expired"


class PauseReason(StrEnum):
    """Why an enrollment stands still: the reader's wish, the host's, a missing course, or a complaint that came by mail."""

    READER = "reader"
    HOST = "host"
    COURSE = "course"
    COMPLAINT = "complaint"


READERS_TO_END = (PauseReason.READER, PauseReason.COMPLAINT)
"""Pauses that a reader can end by themselves."""
LIVE = (EnrollmentState.PENDING, EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
"""A reader has at most one live enrollment in a course."""
