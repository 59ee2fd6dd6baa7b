"""The sign-up form. Its fields' names are fixed; its errors are names of words, so that each language says them in its own way."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError

from dripcourse.domain.address import email_address
from dripcourse.domain.course import Course
from dripcourse.domain.errors import AddressError, AsciiOnlyError
from dripcourse.domain.pacing import known_zone
from dripcourse.web.zones import NOWHERE

PURPOSE = "sign-up"
"""What the form's token is made for."""


class SignupForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What somebody types to be written to. `remark` is for robots: people never see it."""

    class Meta:
        """No token of Flask-WTF's own: it would need a cookie."""

        csrf = False

    email = StringField()
    perspective = StringField()
    zone = StringField()
    remark = StringField()
    token = StringField()

    def __init__(self, course: Course, *, posted: bool) -> None:
        self._course = course
        super().__init__(formdata=request.form if posted else None)

    def validate_email(self, field: Field) -> None:
        """An address that mail can be sent to."""
        if fault := address_fault(said(field)):
            raise ValidationError(fault)

    def validate_perspective(self, field: Field) -> None:
        """One of the course's, or none."""
        if said(field) not in ("", *self._course.perspectives):
            raise ValidationError("perspective")

    def validate_zone(self, field: Field) -> None:
        """A zone that there is, or none."""
        if not known_zone(said(field) or NOWHERE):
            raise ValidationError("zone")

    @property
    def wrong(self) -> dict[str, str]:
        """The name of the word for what is wrong with each field that is."""
        return {name: str(errors[0]) for name, errors in self.errors.items() if name}


def address_fault(text: str) -> str:
    """The name of the word for what is wrong with an address that was typed; '' if nothing is."""
    if not text.strip():
        return "address_missing"
    try:
        email_address(text)
    except AsciiOnlyError:
        return "address_ascii"
    except AddressError:
        return "address" if text.isprintable() else "address_breaks"
    return ""


def said(field: Field) -> str:
    """What was typed into a field; empty if it was not sent at all."""
    return str(field.data or "")
