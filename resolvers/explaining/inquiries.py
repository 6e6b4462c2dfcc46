"""A question of rights: who asks, of which object, on which day; what they may know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from authz import RoleScope, Subject, conditions_of
from authz.scopes import SCOPES
from persistence.facts.guards import GUARDED, STATE
from persistence.facts.inquiries import InquiryFacts, inquiry_facts
from persistence.facts.inquiry_statement import READ, Acts
from persistence.facts.object_facts import Facts, facts_of
from persistence.records import Rule
from resolvers.context import Context
from resolvers.limits import FIRST_YEAR, LAST_YEAR
from resolvers.permissions import OF_PARTNER, barrable
from resolvers.places import refuse
from resolvers.reading.shapes import prefix_of

from . import words

ELSEWHERE = (
    "Désignez le rattachement (`aff_`) d'une personne, la ligne (`lin_`) d'un"
    " travailleur ou (`exl_`) d'un import."
)

OF_ORGANISMS = tuple(
    dict.fromkeys(
        condition.fact
        for conditions in SCOPES.values()
        for condition in conditions
        if condition.of == "organisms"
    )
)
"""The facts by which a scope gives something to the agents of an organism."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question of rights.

    `facts` are the object's on the day of the question. `now` are its facts of today:
    the asker's own rights are judged by them. `home` is the object's partner, where the
    asker reads it; of any other partner the answer says nothing.
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
    def permits(self) -> Sequence[RoleScope]:
        return self.context.graph.policy.rules(self.type_, self.action)

    @property
    def administering(self) -> str:
        """Who administers; "" where the asker may not know it."""
        if self.home != self.facts["partner"]:
            return ""
        return self.facts.get("administering") or ""

    def allows(self, subject: Subject) -> RoleScope | None:
        """The decision itself."""
        policy = self.context.graph.policy
        return policy.allows(subject, self.type_, self.action, self.facts)

    def bar(self, permit: RoleScope, findings: InquiryFacts) -> Rule | None:
        """The first rule by which the state of the object forbids, today, each act.

        The acts are those that need this permission, on the side of this permit.
        """
        side = "PARTNER" if permit.role == OF_PARTNER else "ORGANISM"
        rules = [rule for bars in findings.bars if (rule := bars[side])]
        if rules and len(rules) == len(findings.bars):
            return Rule[rules[0]]
        return None

    # what the register says

    async def findings(self, user_id: str | None = None) -> InquiryFacts:
        """What the register says of this user, or else of everyone who may.

        For one user, the file of the home is read too.
        """
        graph = self.context.graph
        permits = graph.permits(self.asker.roles)
        reading = {name: permits(GUARDED[name].type, "read") for name in READ}
        organisms = [self.facts.get(name) for name in OF_ORGANISMS]
        values = {
            "day": self.on,
            "object": self.object_id,
            "home": self.home,
            "user": user_id,
            "partner": self.facts["partner"],
            "organisms": [organism for organism in organisms if organism],
            "owner": self.facts.get("owner"),
        }
        holdings = self.context.holdings(self.asker)
        return await inquiry_facts(
            self.session, graph.database, reading, self._acts(), values, holdings
        )

    def _acts(self) -> Acts:
        """The acts whose bars are looked at; none on another day than today."""
        if self.on != self.context.today:
            return Acts("", ())
        names = barrable(self.record, f"{self.type_}:{self.action}")
        return Acts(self.record if names else "", names)

    # what the asker may know

    def may_read(self, type_: str, facts: Facts) -> bool:
        policy = self.context.graph.policy
        return policy.allows(self.asker, type_, "read", facts) is not None

    def knows(self, type_: str, user_id: str) -> bool:
        """Whether the asker reads, today, objects of this type that are this person's.

        They are those of the person at the object's partner.
        """
        theirs = _of_partner(self.now) if self.home else {}
        return self.may_read(type_, {**theirs, "owner": user_id})

    def visible_holdings(self, subject: Subject) -> Subject:
        """What the asker may know of what a person holds.

        Whoever reads this person as an agent knows all of it. Anyone else knows what is
        of the home, and no post.
        """
        if self.knows("Agent", subject.user):
            return subject
        home = self.home if self.knows("Membership", subject.user) else None
        grants = tuple(grant for grant in subject.grants if grant.partner == home)
        administered = (home,) if home in subject.administered else ()
        return replace(subject, grants=grants, posts=(), administered=administered)


def _of_partner(facts: Facts) -> Facts:
    """Those of the facts that are of the partner, and not of the object."""
    return {name: facts[name] for name in ("partner", *STATE)}


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
    _require_year(day)
    record = _record_of(context, object_id)
    if record is None:
        return None
    _require_own_facts(record)
    driver = await context.graph.database.driver_of(session)
    asker = await context.caller(driver)
    days = dict.fromkeys((day, context.today))
    facts = await facts_of(session, record, object_id, *days)
    if not facts:
        return None
    inquiry = Inquiry(
        context, session, asker, object_id, type_, action, day, facts[0], facts[-1]
    )
    if not inquiry.may_read(GUARDED[record].type, inquiry.now):
        return None
    inquiry = replace(inquiry, home=_home_of(inquiry), record=record)
    _require_facts(inquiry)
    return inquiry


def _record_of(context: Context, object_id: str) -> str | None:
    """The record of the object, if rights bear on its rows."""
    types = context.graph.types
    kind = types.by_prefix.get(prefix_of(object_id, types.prefixes))
    record = None if kind is None else types.records.get(kind.name)
    return record if record in GUARDED else None


def _home_of(inquiry: Inquiry) -> str | None:
    partner = inquiry.now["partner"]
    if partner is None or not inquiry.may_read("Partner", _of_partner(inquiry.now)):
        return None
    return partner


def _require_year(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        sentence = f"`on` est un jour d'une année de {FIRST_YEAR} à {LAST_YEAR}."
        raise refuse("DAY", sentence)


def _require_own_facts(record: str) -> None:
    """Refuse an object whose facts are those of other rows."""
    guard = GUARDED[record]
    if guard.via or guard.through or guard.also is not None:
        raise refuse("ARGUMENTS", ELSEWHERE)


def _require_facts(inquiry: Inquiry) -> None:
    """Refuse an action whose conditions are on facts that the object has not."""
    type_ = inquiry.type_
    facts = set(inquiry.facts)
    if inquiry.now["partner"] != inquiry.home:
        facts -= STATE.keys()
    for permit in inquiry.permits:
        for condition in conditions_of(permit.scope, type_):
            if condition.fact not in facts:
                thing = words.THINGS[type_]
                sentence = f"Cette action se demande sur un autre objet : {thing}."
                raise refuse("ARGUMENTS", sentence)
