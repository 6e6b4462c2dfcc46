"""The rows that an act may take.

Their partner is locked first, for who may do the act only; then the permits of the
caller are read again, together with what stands under the lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from persistence.act_session import Judgement, Look
from persistence.act_statements import has_partner
from persistence.records import Partner, Record, Refused, Rule
from persistence.register import raise_version
from resolvers.subjects import subject_of

from .act_caller import ActCaller
from .act_types import FILE, Authorisation

R = TypeVar("R", bound=Record)


@dataclass(slots=True)
class ActRows(ActCaller):
    """One act under way: how it takes the rows that it changes."""

    async def take(
        self,
        record: type[R],
        record_id: str,
        *path: str,
        needs: str | None = None,
        is_change: bool = True,
    ) -> R:
        """The row to change, its partner locked.

        NOT_FOUND, or FORBIDDEN when the caller may read the row.
        """
        rows = await self.take_all(
            record, [record_id], [path], needs=needs, is_change=is_change
        )
        return rows[0]

    async def take_all(
        self,
        record: type[R],
        ids: Sequence[str],
        paths: Sequence[tuple[str, ...]],
        *,
        needs: str | None = None,
        is_change: bool = True,
    ) -> list[R]:
        """The rows to change, the partner of the first one locked.

        Refused at the path of the first row that the caller may not change.
        """
        needed = needs or self.permissions[0]
        rows: list[R] = []
        if self.partner_id is not None or not has_partner(record):
            for row_id, path in zip(ids, paths, strict=True):
                rows.append(await self._take_alone(record, row_id, path, needed))
            return rows
        look = await self._lock_and_look(record, ids, paths[0], needed)
        for row_id, path in zip(ids, paths, strict=True):
            row = await self._take_from(look, record, row_id, path, needed)
            if is_change and not rows:
                self._change(row)
            rows.append(row)
        return rows

    async def _lock_and_look(
        self,
        record: type[Record],
        ids: Sequence[str],
        path: tuple[str, ...],
        needed: str,
    ) -> Look:
        """Lock the partner of the first row, for who may change it; then look."""
        judgement = self._judgement(record, needed)
        permits, holdings = judgement.act, self._holdings()
        lock, row_id = self.register.lock, ids[0]
        partner_id = await lock(record, row_id, permits, holdings) if permits else None
        if partner_id is None:
            # It refuses and says why, unless another act has just allowed it.
            await self.authorise(record, row_id, path, needed)
            partner_id = await lock(record, row_id, None, self._holdings())
        assert partner_id is not None
        return await self._look(record, ids, partner_id, judgement)

    async def _look(
        self,
        record: type[Record],
        ids: Sequence[str],
        partner_id: str,
        judgement: Judgement,
    ) -> Look:
        """What stands under the lock.

        There is no verdict when the caller's holdings have changed meanwhile.
        """
        self.partner_id = partner_id
        look = await self.register.look(
            record,
            ids,
            partner_id,
            judgement,
            self.context.identity,
            self._holdings(),
            is_file=self.loads is FILE,
        )
        self.partner = look.file
        self.timeline = look.timeline
        self.before = self.standing()
        subject = subject_of(look.holdings)
        if subject == self.subject:
            return look
        # The lock waited for an act that changes what the caller holds: judge again.
        self.subject = subject
        return look._replace(verdicts={})

    async def _take_from(
        self,
        look: Look,
        record: type[R],
        row_id: str,
        path: tuple[str, ...],
        needed: str,
    ) -> R:
        """A row that has been looked at; without a permit, it is judged again."""
        _, permit = look.verdicts.get(row_id, (False, None))
        if permit is None:
            await self.authorise(record, row_id, path, needed)
        else:
            self.authorisation = Authorisation(permit, needed)
        for row in look.records:
            if row.id == row_id:
                return row  # type: ignore[no-any-return]
        return await self.register.session.get_one(record, row_id)

    async def lock_partner(self, partner_id: str) -> Partner:
        """The partner with its file, locked whoever calls."""
        await self.register.lock(Partner, partner_id, None, self._holdings())
        await self._look(Partner, [partner_id], partner_id, Judgement((), ()))
        assert self.partner is not None
        return self.partner

    async def _take_alone(
        self, record: type[R], record_id: str, path: tuple[str, ...], needed: str
    ) -> R:
        """A row of the partner that is locked already.

        A row that has no partner is its own lock.
        """
        await self.authorise(record, record_id, path, needed)
        is_lock = None if has_partner(record) else True
        row = await self.register.session.get_one(
            record, record_id, with_for_update=is_lock
        )
        self._change(row)
        return row

    def _change(self, row: Record) -> None:
        """The record that the act changes gets its next version.

        Refused when it is no longer at the version that the caller has read.
        """
        if self.expected_version not in (None, row.version):
            now_at = f"Version actuelle : {row.version}."
            raise Refused(Rule.VERSION_CONFLICT, "expected_version", detail=now_at)
        raise_version(row)
