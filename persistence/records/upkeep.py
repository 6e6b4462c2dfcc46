"""What the register says of itself.

It keeps the steps that it has passed, and what proves the keys that seal it.
"""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class SchemaStep(Base):
    """Étape: a migration, as whoever ran it knew it.

    A process that is older reads here whether it may go on.
    """

    __tablename__ = "schema_step"

    revision: Mapped[str] = mapped_column(primary_key=True)
    previous: Mapped[str | None]
    additive: Mapped[bool]


class KeyCanary(Base):
    """Témoin: a constant word, sealed and indexed by one of the keys.

    Personal numbers are sealed and indexed alike.

    One row for each key that has sealed something: a file without that key would leave
    cards closed.
    """

    __tablename__ = "key_canary"

    key_name: Mapped[str] = mapped_column(primary_key=True)
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
