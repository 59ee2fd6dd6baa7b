"""A sheet's parts as templates. All compiling is done when a process starts."""

from dataclasses import dataclass

from jinja2 import Template

from dripcourse.content.jinja import environment
from dripcourse.content.library import Sheet


@dataclass(frozen=True, slots=True)
class Compiled:
    """The parts of one mail, each ready to be filled in."""

    subject: Template
    html: Template
    text: Template
    said: Template
    page: Template


class Compiler:
    """Compiles sheets, and each distinct text once: readings often share theirs."""

    def __init__(self) -> None:
        self._environments = {html: environment(html=html) for html in (True, False)}
        self._done: dict[tuple[str, bool], Template] = {}

    def __call__(self, sheet: Sheet) -> Compiled:
        """A sheet's parts as templates. Raises jinja2's TemplateSyntaxError, which a sheet that was checked does not cause."""
        return Compiled(
            subject=self._template(sheet.subject, html=False),
            html=self._template(sheet.html, html=True),
            text=self._template(sheet.text, html=False),
            said=self._template(sheet.said, html=False),
            page=self._template(sheet.page, html=True),
        )

    def _template(self, source: str, *, html: bool) -> Template:
        key = (source, html)
        if key not in self._done:
            self._done[key] = self._environments[html].from_string(source)
        return self._done[key]
