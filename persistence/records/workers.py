"""Workers of an Esat whose AAH depends on what is declared.

They have one card for each partner, with the numbers that it has had.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Base, Record, name_key, untold
from .nir import is_temporary
from .persons import person_column
from .rules import Rule, require

TEMPORARY_TOO = "Le numéro de la fiche qui reste est provisoire lui aussi."


class Worker(Record):
    """Travailleur: the card of a worker at one partner.

    By typing a NIR, no Esat learns of another's worker.

    The NIR is a ciphertext bound to this row, a keyed index to find it again, and a
    mask to show. The card is read by whom its declared lines or its changes are. One
    that another has absorbed (`merged_into_id`) is declared no more.
    """

    __tablename__ = "worker"
    prefix = "wrk"
    __table_args__ = (
        UniqueConstraint("id", "partner_id"),
        UniqueConstraint("partner_id", "nir_index"),
        Index("ix_worker_sort_key", "sort_key", "id"),
        CheckConstraint("person_id = coalesce(merged_into_id, id)", name="of_person"),
        Index("ix_worker_person_id", "person_id"),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    nir_cipher: Mapped[bytes] = mapped_column(LargeBinary, info=UNTOLD)
    nir_index: Mapped[str] = untold()
    nir_mask: Mapped[str] = untold()
    birth_name: Mapped[str] = untold()
    used_name: Mapped[str | None] = untold()
    given_names: Mapped[str] = untold()
    sort_key: Mapped[str] = untold()
    birth_date: Mapped[date] = untold()
    matricule: Mapped[str] = untold()
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    entered_on: Mapped[date]
    aah_beneficiary: Mapped[bool] = untold(default=True)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("worker.id"))
    person_id: Mapped[str] = person_column("id")

    def require_standing(self) -> None:
        """WORKER_MERGED."""
        require(self.merged_into_id is None, Rule.WORKER_MERGED)

    def correct(self, words: "CardWords") -> None:
        """What is known of the person from now on; lines stay as they were received.

        WORKER_MERGED.
        """
        self.require_standing()
        self.birth_name, self.used_name = words.birth_name, words.used_name
        self.given_names, self.birth_date = words.given_names, words.birth_date
        self.matricule, self.paying_id = words.matricule, words.paying_id
        self.sort_key = name_key(
            f"{words.used_name or words.birth_name} {words.given_names}"
        )

    def words(self) -> "CardWords":
        return CardWords(*(getattr(self, name) for name in CardWords._fields))

    def require_absorbable(self) -> None:
        """Only a card whose number is temporary. MERGE_NOT_TEMPORARY, WORKER_MERGED."""
        self.require_standing()
        require(is_temporary(self.nir_mask), Rule.MERGE_NOT_TEMPORARY)

    def require_absorbing(self) -> None:
        """Only a card with a true number, which no other card ever absorbs.

        MERGE_NOT_TEMPORARY, WORKER_MERGED.
        """
        self.require_standing()
        is_true = not is_temporary(self.nir_mask)
        require(is_true, Rule.MERGE_NOT_TEMPORARY, detail=TEMPORARY_TOO)


class CardWords(NamedTuple):
    """What a card says of a person, and may be corrected."""

    birth_name: str
    used_name: str | None
    given_names: str
    birth_date: date
    matricule: str
    paying_id: str


class WorkerNumber(Base):
    """A number that a card has or had, from a day on: each of them finds the card."""

    __tablename__ = "worker_number"
    __table_args__ = (
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
        Index("ix_worker_number_worker_id", "worker_id"),
    )

    partner_id: Mapped[str] = mapped_column(primary_key=True)
    nir_index: Mapped[str] = mapped_column(primary_key=True, info=UNTOLD)
    worker_id: Mapped[str]
    since: Mapped[date]


class Card(NamedTuple):
    """What is known of a worker before a batch.

    A line is compared with these columns of `worker`.
    """

    id: str
    nir_index: str
    nir_mask: str
    birth_name: str
    used_name: str | None
    given_names: str
    birth_date: date
    matricule: str
    paying_id: str
    entered_on: date
    aah_beneficiary: bool

    def is_of(self, birth_name: str, born: date) -> bool:
        """See the function of this name."""
        return is_of(self, birth_name, born)


def is_of(card: Worker | Card, birth_name: str, born: date) -> bool:
    """Whether a card may be of whoever has this name and this day of birth.

    One of the two may be corrected. When both differ, the card is another person's.
    """
    is_same_name = name_key(card.birth_name) == name_key(birth_name)
    return is_same_name or card.birth_date == born
