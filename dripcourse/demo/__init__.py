"""The demo: the whole product on one page, with a clock that can be turned. Nothing it does leaves the machine."""

from dripcourse.demo.serving import run_demo

__all__ = ["run_demo"]
