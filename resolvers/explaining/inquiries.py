"""A question of rights under way: the asker as they are today, the object, the day; and what may be told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from authz import Permit, Subject, atoms
from persistence.facts.inquiries import (
    READ,
    Acts,
    Facts,
    InquiryFacts,
    facts_of,
    found_of,
)
from persistence.facts.visibility import GUARDED, STATE
from persistence.records import Rule
from resolvers.graph import Context
from resolvers.limits import FIRST_YEAR, LAST_YEAR
from resolvers.permissions import OF_PARTNER, barrable
from resolvers.places import refuse
from resolvers.reading.shapes import prefix_of

from . import words


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question under way: the asker as they are today, the object, the day.

    `facts` are the object's on the day asked about, `now` those of today, which the asker's own rights look at.
    `home` is the object's partner, where the asker reads it: nothing is told of another.
    """

    context: Context
    session: AsyncSession
    asker: Subject
    object_id: str
    type_: str
    action: str
    on: date
    facts: Facts
    now: Facts
    home: str | None = None
    record: str = ""

    @property
    def permits(self) -> Sequence[Permit]:
        return self.context.graph.policy.rules(self.type_, self.action)

    def allows(self, subject: Subject) -> Permit | None:
        """The decision itself."""
        return self.context.graph.policy.allows(
            subject, self.type_, self.action, self.facts
        )

    def bar(self, permit: Permit, found: InquiryFacts) -> Rule | None:
        """The rule by which the state of the object forbids, today, every act by which this line lets do it."""
        side = "PARTNER" if permit.role == OF_PARTNER else "ORGANISM"
        rules = [rule for bars in found.bars if (rule := bars[side])]
        return Rule[rules[0]] if rules and len(rules) == len(found.bars) else None

    async def found(self, user_id: str | None = None) -> InquiryFacts:
        """What the register says of this user, with the file of the home; or else of everyone who may be concerned."""
        graph, named = (
            self.context.graph,
            (self.facts.get(fact) for fact in ("administering", "signing", "paying")),
        )
        permits = graph.permits(self.asker.roles)
        ways = {name: permits(GUARDED[name].type, "read") for name in READ}
        asked = {
            "day": self.on,
            "object": self.object_id,
            "home": self.home,
            "user": user_id,
            "partner": self.facts["partner"],
            "organisms": [organism for organism in named if organism],
            "owner": self.facts.get("owner"),
        }
        names = (
            barrable(self.record, f"{self.type_}:{self.action}")
            if self.on == self.context.today
            else ()
        )
        acts = Acts(self.record if names else "", names)
        return await found_of(
            self.session,
            graph.database,
            ways,
            acts,
            asked,
            graph.held(self.asker, self.context),
        )

    @property
    def administering(self) -> str:
        """Who administers, where the asker may know it."""
        return (
            self.facts.get("administering") or ""
            if self.home == self.facts["partner"]
            else ""
        )

    def may_read(self, type_: str, facts: Facts) -> bool:
        return (
            self.context.graph.policy.allows(self.asker, type_, "read", facts)
            is not None
        )

    def knows(self, type_: str, user_id: str) -> bool:
        """Whether the asker reads what is this person's of this type at the object's partner, today."""
        theirs = (
            {name: self.now[name] for name in ("partner", *STATE)} if self.home else {}
        )
        return self.may_read(type_, {**theirs, "owner": user_id})

    def told(self, subject: Subject) -> Subject:
        """What the asker may know of what a person holds: posts as agents are read, the rest at the partner alone."""
        if self.knows("Agent", subject.user):
            return subject
        home = self.home if self.knows("Membership", subject.user) else None
        grants = tuple(grant for grant in subject.grants if grant.partner == home)
        return replace(
            subject,
            grants=grants,
            posts=(),
            administered=(home,) if home in subject.administered else (),
        )


async def inquiry_of(
    context: Context,
    session: AsyncSession,
    permission: str,
    object_id: str,
    on: date | None,
) -> Inquiry | None:
    """The question, if its object exists and the asker reads it."""
    type_, action = permission.split(":")
    day = on or context.today
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise refuse(
            "DAY", f"`on` est un jour d'une année de {FIRST_YEAR} à {LAST_YEAR}."
        )
    kind = context.graph.types.by_prefix.get(
        prefix_of(object_id, context.graph.types.prefixes)
    )
    record = context.graph.types.records.get(kind.name) if kind is not None else None
    if record is None or record not in GUARDED:
        return None
    if (
        GUARDED[record].via is not None
        or GUARDED[record].through
        or GUARDED[record].also is not None
    ):
        # its facts are those of other rows: a person is explained by an affiliation, a worker or an import by a line
        other = "le rattachement (`aff_`) d'une personne, la ligne (`lin_`) d'un travailleur ou (`exl_`) d'un import"
        raise refuse("ARGUMENTS", f"Désignez {other}.")
    driver = await context.graph.database.driver_of(session)
    asker = await context.caller(driver)
    found = await facts_of(
        session, record, object_id, *dict.fromkeys((day, context.today))
    )
    if not found:
        return None
    facts, now = found[0], found[-1]
    inquiry = Inquiry(
        context, session, asker, object_id, type_, action, day, facts, now
    )
    if not inquiry.may_read(GUARDED[record].type, now):
        return None
    asked = {atom.fact for rule in inquiry.permits for atom in atoms(rule.scope, type_)}
    partner = now["partner"]
    of_partner = {name: now[name] for name in ("partner", *STATE)}
    home = (
        partner
        if partner is not None and inquiry.may_read("Partner", of_partner)
        else None
    )
    if not asked <= facts.keys() - (STATE.keys() if partner != home else set()):
        raise refuse(
            "ARGUMENTS",
            f"Cette action se demande sur un autre objet : {words.THINGS[type_]}.",
        )
    return replace(inquiry, home=home, record=record)
