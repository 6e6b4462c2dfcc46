"""A question of rights under way: the asker as they are today, the object, the day; and what may be told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from authz import Permit, Subject, atoms
from persistence.callers import holders_statement
from persistence.facts import Facts, facts_of
from persistence.reader import Held
from persistence.records import Partner, Record
from persistence.register import Register
from persistence.visibility import GUARDED, STATE, class_of

from . import words
from .context import Context, holder_of
from .plans import prefix_of, refuse
from .sizes import FIRST_YEAR, LAST_YEAR


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question under way: the asker as they are today, the object, the day.

    `home` is the object's partner, where the asker reads it: nothing is told of another.
    """

    context: Context
    session: AsyncSession
    asker: Subject
    record: type[Record]
    object_id: str
    type_: str
    action: str
    on: date
    facts: Facts
    home: str | None = None

    @property
    def permits(self) -> Sequence[Permit]:
        return self.context.graph.policy.rules(self.type_, self.action)

    def allows(self, subject: Subject) -> Permit | None:
        """The decision itself."""
        return self.context.graph.policy.allows(subject, self.type_, self.action, self.facts)

    async def holders(self, users: Sequence[str]) -> Mapping[str, Subject]:
        """What these users hold on the day, by the statement that resolves every caller."""
        graph = self.context.graph
        statement = holders_statement(graph.database.dialect)
        held = Held(self.on, self.context.now, lambda _attribute, _role: ())
        driver = await graph.database.driver_of(self.session)
        said = await graph.database.value(statement.text, statement.binds({"users": list(users)}, held), driver)
        found = [holder_of(row) for row in orjson.loads(said or "[]")]
        return {subject.user: subject for subject in found}

    @property
    def administering(self) -> str:
        """Who administers, where the asker may know it."""
        return self.facts.get("administering") or "" if self.home == self.facts["partner"] else ""

    async def knows(self, type_: str, user_id: str) -> bool:
        """Whether the asker reads what is this person's of this type at the object's partner, today."""
        today = self.home and await facts_of(self.session, Partner.__tablename__, self.home, self.context.today)
        theirs = {**(today or {}), "owner": user_id}
        return self.context.graph.policy.allows(self.asker, type_, "read", theirs) is not None

    async def told(self, subject: Subject) -> Subject:
        """What the asker may know of what a person holds: posts as agents are read, the rest at the partner alone."""
        if await self.knows("Agent", subject.user):
            return subject
        home = self.home if await self.knows("Membership", subject.user) else None
        grants = tuple(grant for grant in subject.grants if grant.partner == home)
        return replace(subject, grants=grants, posts=(), administered=(home,) if home in subject.administered else ())

    async def reads(self, record: type[Record], record_id: str) -> bool:
        """Whether the asker may read this row, today."""
        graph, context = self.context.graph, self.context
        register = Register(self.session, graph.database, context.today)
        read = graph.permits(self.asker.roles)(GUARDED[record.__tablename__].type, "read")
        seen, _ = await register.ways(record.__tablename__, record_id, read, (), graph.held(self.asker, context))
        return seen


async def inquiry_of(
    context: Context, session: AsyncSession, permission: str, object_id: str, on: date | None
) -> Inquiry | None:
    """The question, if its object exists and the asker reads it."""
    type_, action = permission.split(":")
    day = on or context.today
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise refuse("DAY", f"`on` est un jour d'une année de {FIRST_YEAR} à {LAST_YEAR}.")
    kind = context.graph.types.by_prefix.get(prefix_of(object_id, context.graph.types.prefixes))
    record = context.graph.types.records.get(kind.name) if kind is not None else None
    if record is None or record not in GUARDED:
        return None
    if GUARDED[record].via is not None or GUARDED[record].through or GUARDED[record].also is not None:
        # its facts are those of other rows: a person is explained by an affiliation, a worker or an import by a line
        other = "le rattachement (`aff_`) d'une personne, la ligne (`lin_`) d'un travailleur ou (`exl_`) d'un import"
        raise refuse("ARGUMENTS", f"Désignez {other}.")
    driver = await context.graph.database.driver_of(session)
    asker = await context.graph.subject(context.identity, context.today, driver)
    facts = await facts_of(session, record, object_id, day)
    if facts is None:
        return None
    inquiry = Inquiry(context, session, asker, class_of(record), object_id, type_, action, day, facts)
    if not await inquiry.reads(inquiry.record, object_id):
        return None
    asked = {atom.fact for rule in inquiry.permits for atom in atoms(rule.scope, type_)}
    partner = facts["partner"]
    home = partner if partner is not None and await inquiry.reads(Partner, partner) else None
    if not asked <= facts.keys() - (STATE.keys() if partner != home else set()):
        raise refuse("ARGUMENTS", f"Cette action se demande sur un autre objet : {words.THINGS[type_]}.")
    return replace(inquiry, home=home)
