"""Names that callers have given to what they asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class RequestName(Base):
    """A name that a person has used, and the fingerprint of what they asked under it."""

    __tablename__ = "web_request_name"

    name: Mapped[UUID] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    given_at: Mapped[datetime]
