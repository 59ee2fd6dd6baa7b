"""The small house of the fault tests, here too."""

from tests.faults.conftest import pure_parts, small

__all__ = ["pure_parts", "small"]
