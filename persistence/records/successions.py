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
    _carried,
    _carry,
    _included,
    _keep_managers,
    copy_for_successor,
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


def prepare(partner: Partner, mode: Mode, siret: str, today: date) -> Convention:
    """The draft that will take the place of the convention in force.

    It has the same missions, conditions and terms.

    Prepared again, it is filled again; another draft must be given up first.
    """
    former = in_force(partner, today)
    successor = next(
        (
            c
            for c in partner.conventions
            if c.predecessor_id == former.id and c.closed_on is None
        ),
        None,
    )
    if successor is None:
        successor = partner.prepare_convention(
            mode,
            list(former.missions),
            former.conditions_of_exercise,
            former.conditions_of_administration,
            today,
        )
        successor.siret = siret
    facts = (
        successor.contract.mode,
        successor.siret,
        successor.in_force_on,
        successor.predecessor_id,
    )
    require(
        facts == (mode, siret, None, former.id),
        Rule.SUCCESSOR_PREPARED,
        detail=successor.id,
    )
    for access in former.accesses:
        for live in _live(access, today)[-1:]:
            terms = BulletinTerms(
                siret,
                list(live.roles),
                list(live.establishments),
                list(live.departments),
            )
            ServiceAccess.of(successor, access.service).prepare_bulletin(terms)
    return successor


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
    included = _included(former, on)
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
            _carry(group, partner, on)
    if len(included) > len(_included(successor, on)):
        notices.insert(0, Notice(Rule.MEMBERS_END))
    successor.suspensions.extend(_carried(former.suspensions, on))
    if successor.contract.mode is former.contract.mode:
        _keep_managers(former, successor, on)
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

    Its bulletin is signed and opened, and its groups are made anew.

    It opens no sooner, and ends no later, than it was to.
    """
    on = successor.in_force_on
    successor_access = ServiceAccess.of(successor, access.service)
    assert on is not None
    signature = papers.bulletins.get(access.service.id)
    if signature is None:
        raise Refused(
            Rule.SIGNATURE_MISSING,
            "bulletins",
            detail=f"Service : {access.service.code}.",
        )
    draft = next(
        (
            b
            for b in successor_access.bulletins
            if not b.is_signed and b.closed_on is None
        ),
        None,
    )
    if draft is None:
        terms = BulletinTerms(
            successor.siret,
            list(live.roles),
            list(live.establishments),
            list(live.departments),
        )
        draft = successor_access.prepare_bulletin(terms)
    opens = max(on, live.opened_on or on)
    try:
        notices = draft.sign(
            signature,
            opens,
            live.effective_to,
            acknowledge_cna=papers.acknowledge_cna,
            today=today,
        )
    except Refused as refused:
        of_paper = refused.notice.path[:1] == ("signature",)
        place = (
            ("bulletins", str([*papers.bulletins].index(access.service.id)))
            if of_paper
            else ()
        )
        raise Refused(
            refused.rule, *place, *refused.notice.path, detail=refused.notice.detail
        ) from None
    draft.open_service(
        opens,
        elsewhere & {e.siret for e in draft.establishments},
        today,
        continues=True,
    )
    if live.closed_on is not None:
        draft.close(live.closed_on, live.closing_reason or "", today)
    successor_access.suspensions.extend(_carried(access.suspensions, on))
    successor_access.groups.extend(
        copy_for_successor(group, draft, on)
        for group in access.groups
        if group.is_live_on(on)
    )
    return notices


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
