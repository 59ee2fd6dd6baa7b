"""Which readers an id or an address names."""

from collections.abc import Sequence

from sqlalchemy import Select
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.domain.address import email_address, normal_form
from dripcourse.domain.errors import AddressError, NotFound
from dripcourse.services.parts import Parts


def naming(parts: Parts, ident: str) -> Select[Enrollment, Subscriber]:
    """The enrollments, with their readers, that an id or an address names. Raises NotFound for what is no address."""
    if "@" not in ident:
        return queries.overview.enrollments_by_id(ident)
    try:
        return queries.overview.enrollments_by_index(parts.keys.indexes(email_address(ident).normal))
    except AddressError as error:
        raise NotFound(str(error)) from None


def indexes_of(parts: Parts, address: str) -> Sequence[bytes]:
    """The blind indexes of an address."""
    return parts.keys.indexes(normal_form(address))


def subscriber_of(parts: Parts, session: Session, ident: str) -> Subscriber:
    """The reader that an id or an address names. Raises NotFound."""
    row = session.execute(naming(parts, ident)).first()
    if row is None:
        raise NotFound("Nobody goes by that id or address. See: dripcourse subscriber list")
    return row[1]
