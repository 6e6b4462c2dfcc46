"""A successor convention (R43, A7, A8).

It is prepared beside the one in force, then takes its place on one day.

A change of mode, or of SIRET, closes a convention and signs another one, linked to it.
The partner, its establishments, people and declarations go on; bulletins are signed
again, groups are made anew, with the same people or without them.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from .accesses import ServiceAccess
from .bulletin_terms import BulletinTerms
from .bulletins import Bulletin
from .carrying import (
    MembersAtSwitch,
    carried_suspensions,
    carry_managers,
    carry_members,
    copy_for_successor,
    included_on,
)
from .contracts import Mode
from .conventions import ClosingReason, Convention
from .papers import Signature
from .partners import Partner
from .rules import Notice, Refused, Rule, require


class Papers(NamedTuple):
    """What both parties have signed anew.

    `bulletins`: the signature of each service's, by the id of the service.
    """

    convention: Signature
    contract: Signature
    bulletins: Mapping[str, Signature]
    acknowledge_cna: bool


def prepare(
    partner: Partner,
    mode: Mode,
    siret: str,
    today: date,
    organism_id: str | None = None,
) -> Convention:
    """The draft that will take the place of the convention in force.

    It has the same missions, conditions and terms, and the same organism unless another
    one is to sign (R31). Prepared again, it is filled again; another draft must be
    given up first.
    """
    former = in_force(partner, today)
    organism_id = organism_id or former.organism_id
    successor = _draft_after(partner, former)
    if successor is None:
        successor = partner.prepare_convention(
            mode,
            list(former.missions),
            former.conditions_of_exercise,
            former.conditions_of_administration,
            today,
        )
        successor.siret, successor.organism_id = siret, organism_id
    facts = (
        successor.contract.mode,
        successor.siret,
        successor.organism_id,
        successor.in_force_on,
        successor.predecessor_id,
    )
    require(
        facts == (mode, siret, organism_id, None, former.id),
        Rule.SUCCESSOR_PREPARED,
        detail=successor.id,
    )
    for access in former.accesses:
        live = _live(access, today)
        if live:
            terms = _same_terms(live[-1], siret)
            ServiceAccess.of(successor, access.service).prepare_bulletin(terms)
    return successor


def _draft_after(partner: Partner, former: Convention) -> Convention | None:
    """The convention prepared after this one, unless it was given up."""
    for convention in partner.conventions:
        if convention.predecessor_id == former.id and convention.closed_on is None:
            return convention
    return None


def _same_terms(bulletin: Bulletin, siret: str) -> BulletinTerms:
    """The terms of a bulletin, on another SIRET."""
    return BulletinTerms(
        siret,
        list(bulletin.roles),
        list(bulletin.establishments),
        list(bulletin.departments),
    )


def change_mode(partner: Partner, mode: Mode, today: date) -> Convention:
    """R43: prepare a convention in the other mode.

    The mode of a contract never changes.
    """
    require(in_force(partner, today).contract.mode is not mode, Rule.MODE_SAME, "mode")
    return prepare(partner, mode, partner.siret, today)


def switch(
    successor: Convention,
    papers: Papers,
    on: date,
    reason: ClosingReason,
    elsewhere: frozenset[str],
    today: date,
    members: MembersAtSwitch | None = None,
) -> list[Notice]:
    """Close the one and open the other on the same day, service by service.

    The memberships of the former end with it (A7). A change of SIRET includes the same
    people anew; a change of mode asks what becomes of them, for who manages them is no
    longer the same. `elsewhere`: among the SIRETs of the establishments, those that
    have their own convention in force.
    """
    partner = successor.partner
    former = next(c for c in partner.conventions if c.id == successor.predecessor_id)
    require(
        on <= former.ends_on, Rule.CONVENTION_NOT_IN_FORCE, "on"
    )  # A8: no day without, between the two
    former.close(on, reason, None, today)  # neither past, nor before it begins
    term = (
        former.term_on if former.term_on is not None and former.term_on > on else None
    )
    successor.sign(papers.convention, papers.contract, on, term, today)
    if successor.contract.mode is former.contract.mode:
        members = MembersAtSwitch.CARRY
    included = included_on(former, on)
    require(members is not None or not included, Rule.MEMBERS_CHOICE, "members")
    carries = members is MembersAtSwitch.CARRY
    notices: list[Notice] = []
    for access in former.accesses:
        live = _live(access, on)
        several = (
            f"Service {access.service.code} : un remplacement est annoncé, "
            "retirez-le d'abord."
        )
        require(len(live) <= 1, Rule.BULLETIN_OPENED, "on", detail=several)
        for bulletin in live:
            notices += _continue(access, bulletin, successor, papers, elsewhere, today)
    if carries:
        for group in (g for a in successor.accesses for g in a.groups):
            carry_members(group, partner, on)
    if len(included) > len(included_on(successor, on)):
        notices.insert(0, Notice(Rule.MEMBERS_END))
    successor.suspensions.extend(carried_suspensions(former.suspensions, on))
    if successor.contract.mode is former.contract.mode:
        carry_managers(former, successor, on)
    if successor.contract.mode is Mode.DELEGATED and not successor.contract.managers_on(
        on
    ):
        notices.append(Notice(Rule.DELEGATED_WITHOUT_MANAGER))
    return notices


def _continue(
    access: ServiceAccess,
    live: Bulletin,
    successor: Convention,
    papers: Papers,
    elsewhere: frozenset[str],
    today: date,
) -> list[Notice]:
    """One service goes on under the successor.

    Its bulletin is signed and opened, and its groups are made anew. It opens no sooner,
    and ends no later, than it was to.
    """
    on = successor.in_force_on
    assert on is not None
    successor_access = ServiceAccess.of(successor, access.service)
    if access.service.id not in papers.bulletins:
        raise Refused(
            Rule.SIGNATURE_MISSING,
            "bulletins",
            detail=f"Service : {access.service.code}.",
        )
    draft = successor_access.draft_bulletin()
    if draft is None:
        terms = _same_terms(live, successor.siret)
        draft = successor_access.prepare_bulletin(terms)
    opens = max(on, live.opened_on or on)
    notices = _sign_again(draft, papers, opens, live.effective_to, today)
    sirets = {place.siret for place in draft.establishments}
    draft.open_service(opens, elsewhere & sirets, today, continues=True)
    if live.closed_on is not None:
        draft.close(live.closed_on, live.closing_reason or "", today)
    suspensions = carried_suspensions(access.suspensions, on)
    successor_access.suspensions.extend(suspensions)
    for group in access.groups:
        if group.is_live_on(on):
            copy = copy_for_successor(group, draft, on)
            successor_access.groups.append(copy)
    return notices


def _sign_again(
    draft: Bulletin, papers: Papers, opens: date, ends: date | None, today: date
) -> list[Notice]:
    """Sign a bulletin of the successor; a refused signature is named by its rank."""
    service = draft.access.service
    try:
        return draft.sign(
            papers.bulletins[service.id],
            opens,
            ends,
            acknowledge_cna=papers.acknowledge_cna,
            today=today,
        )
    except Refused as refused:
        path = refused.notice.path
        if path[:1] == ("signature",):
            rank = [*papers.bulletins].index(service.id)
            path = ("bulletins", str(rank), *path)
        raise Refused(refused.rule, *path, detail=refused.notice.detail) from None


def in_force(partner: Partner, day: date) -> Convention:
    """The convention in force that day, suspended or not."""
    convention = partner.convention_on(day)
    if convention is None:
        raise Refused(Rule.CONVENTION_NOT_IN_FORCE)
    return convention


def _live(access: ServiceAccess, day: date) -> list[Bulletin]:
    """The bulletin that is open that day, then what opens later."""
    live = [
        b
        for b in access.bulletins
        if b.opened_on is not None and b.ends_on > max(day, b.opened_on)
    ]
    return sorted(live, key=lambda b: b.opened_on or day)
