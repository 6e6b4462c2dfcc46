"""The leaf of a line or of a change, in the tree that a receipt signs."""

from sqlalchemy.orm import Mapped

from .base import untold


class LeafWords:
    """`words`: what it says of the person, as canonical JSON, with the number masked.

    `salt` is 16 bytes in base64, and `leaf` their digest in hexadecimal (`merkle.py`).
    The leaf outlives them.
    """

    words: Mapped[str | None] = untold()
    salt: Mapped[str | None] = untold()
    leaf: Mapped[str | None] = untold()
