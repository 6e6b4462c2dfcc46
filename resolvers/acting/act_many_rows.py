"""How an act takes rows of several partners: a verdict for each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from persistence.records import Record, Refused, Rule

from .act_rows import ActRows
from .act_types import Authorisation

R = TypeVar("R", bound=Record)


@dataclass(slots=True)
class ActManyRows(ActRows):
    """One act under way: how it takes rows of several partners."""

    async def take_each(self, record: type[R], ids: Sequence[str]) -> list[R | Refused]:
        """Each row to change, in order; NOT_FOUND or FORBIDDEN for each other one.

        The partners of the rows that may be changed are locked, and no other.
        """
        needed = self.permissions[0]
        judgement = self._judgement(record, needed)
        locked: Sequence[str] = ()
        if judgement.act:
            locked = await self.register.lock_each(
                record, ids, judgement.act, self._holdings()
            )
        look = await self._look(record, ids, next(iter(locked), ""), judgement)
        self.timeline, self.partner_id = None, None  # those of one partner alone
        rows = {row.id: row for row in look.records}
        taken: list[R | Refused] = []
        for row_id in ids:
            row = rows.get(row_id)
            is_readable, permit = look.verdicts.get(row_id, (False, None))
            if row is None or not (is_readable or permit):
                taken.append(Refused(Rule.NOT_FOUND))
            elif permit is None or row.partner_id not in locked:
                why = await self._why_not(record, row_id, judgement.act)
                taken.append(Refused(Rule.FORBIDDEN, detail=why))
            else:
                self.authorisation = Authorisation(permit, needed)
                taken.append(row)
        return taken

    def change_each(self, rows: Sequence[Record]) -> None:
        """The rows that the act changes: it is about the partner of the first."""
        self._change(rows[0])
        partners = dict.fromkeys(row.partner_id for row in rows)  # type: ignore[attr-defined]
        self.partner_id, *self.other_partner_ids = partners
