"""Partners that ask for the Esat service, in every state that the way there knows, two choices at a time."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from itertools import combinations, product

from persistence.records import (
    Affiliation,
    Bulletin,
    Convention,
    Mission,
    Mode,
    Partner,
    Refused,
    Service,
    ServiceAccess,
    User,
)
from persistence.records.amendments import MISSION
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.cases import case_of
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.identifiers import Siret
from persistence.records.onboarding_steps import Situation
from persistence.records.origins import Origin
from persistence.records.partners import PartnerKind
from persistence.records.suspensions import suspend

from .build import BY_ORGANISM, PAPER, day
from .lives import Reference, a_siret

BEGUN = day(-9)
SIGNED = PAPER._replace(partner_signed_on=day(-5), organism_signed_on=day(-4))
TERMINATED = ClosingReason.TERMINATED_BY_CAF
WORDS = {"MCP": (True, False), "Habtiers": (False, True), "both": (True, True)}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "origin": ("none", "MCP", "Habtiers", "both", "MCP, then Habtiers", "both, taken later"),
    "convention": (
        "none", "draft", "in force", "announced", "to close", "closed", "past its term", "suspended", "recorded",
        "withdrawn", "of another mission", "delegated", "with a manager", "with a manager to accept",
        "closed, then another",
    ),
    "other": ("none", "before", "same day"),
    "bulletin": (
        "none", "empty", "draft", "other siret", "signed", "signed, other siret", "open", "to open", "closed",
        "to close", "past its term", "replaced by a draft",
    ),
    "amendment": ("none", "mission", "siret", "mission, later"),
    "attested": ("no", "yes", "later"),
    "eligible": ("no", "yes", "refused", "yes, then refused", "refused, then yes", "later"),
    "group": ("none", "without role", "with role", "staffed", "closed", "left"),
}  # fmt: skip
PLAIN = {name: values[0] for name, values in CHOICES.items()}
READY = {
    "origin": "none", "convention": "in force", "other": "none", "bulletin": "open", "amendment": "none",
    "attested": "no", "eligible": "yes", "group": "staffed",
}  # fmt: skip
Chosen = Mapping[str, str]


def every_two() -> Iterator[Chosen]:
    """From nothing, and from a service that works: each two choices, whatever they are."""
    told = set()
    for base in (PLAIN, READY):
        for one, two in combinations(CHOICES, 2):
            for first, second in product(CHOICES[one], CHOICES[two]):
                made = base | {one: first, two: second}
                if (key := tuple(made.values())) not in told:
                    told.add(key)
                    yield made


def asking(
    reference: Reference, chosen: Chosen, number: int = 0, extract_id: str = "imp_1"
) -> Partner:
    """The partner of these choices."""
    partner = Partner.register(
        Siret.read(a_siret(number, 1)),
        f"Esat {number}",
        PartnerKind.ESAT,
        reference.caf,
        BEGUN,
    )
    partner.add_establishment(
        Siret.read(a_siret(number, 1)), "Atelier", "75", None, BEGUN
    )
    _origins(partner, chosen["origin"], extract_id)
    _decisions(partner, chosen, reference)
    convention = _convention(partner, chosen["convention"], reference)
    if convention is not None:
        _papers(convention, chosen, reference)
    return partner


def _origins(partner: Partner, word: str, extract_id: str) -> None:
    first, _, second = word.partition(", ")
    for index, name in enumerate(
        n for n in (first, second.removeprefix("then ")) if n in WORDS
    ):
        mcp, habtiers = WORDS[name]
        facts = {
            "filename": "f.csv",
            "digest": "0" * 64,
            "line_number": index + 2,
            "import_id": extract_id,
        }
        taken = day(2) if second == "taken later" else BEGUN
        partner.origins.append(
            Origin(
                partner_id=partner.id,
                known_mcp=mcp,
                known_habtiers=habtiers,
                taken_on=taken,
                **facts,
            )
        )


def _decisions(partner: Partner, chosen: Chosen, reference: Reference) -> None:
    esat, by = reference.services["ESAT"], reference.decider
    for word in chosen["eligible"].split(", then "):
        if word != "no":
            decision = Decision.NOT_ELIGIBLE if word == "refused" else Decision.ELIGIBLE
            on = day(2) if word == "later" else BEGUN
            partner.decide_eligibility(esat, decision, "Motif", "1" * 64, by, on)
    if chosen["attested"] != "no":
        partner.attest_activity(
            "Répertoire", by, day(2) if chosen["attested"] == "later" else BEGUN
        )


def _convention(partner: Partner, word: str, reference: Reference) -> Convention | None:
    """The convention that the other papers hang from."""
    if word == "none":
        return None
    mode = (
        Mode.DELEGATED
        if word in ("delegated", "with a manager", "with a manager to accept")
        else Mode.CENTRALISED
    )
    missions = [
        m
        for m in reference.missions
        if word != "of another mission" or not _covers_esat(m, reference)
    ]
    made = partner.prepare_convention(mode, missions, None, None, BEGUN)
    if word == "draft":
        return made
    if word == "recorded":
        made.record("75-1", PAPER, PAPER, date(2024, 1, 1), None, BEGUN)
        return made
    begins = day(4) if word in ("announced", "withdrawn") else BEGUN
    made.sign(PAPER, PAPER, begins, day(-1) if word == "past its term" else None, BEGUN)
    ends = {
        "to close": day(5),
        "closed": day(-1),
        "withdrawn": day(4),
        "closed, then another": day(-8),
    }
    if word in ends:
        made.close(ends[word], TERMINATED, None, BEGUN)
    if word == "suspended":
        suspend(made.suspensions, BEGUN, "Précaution", BY_ORGANISM)
    if word.startswith("with a manager"):
        made.contract.appoint(
            _person(partner, accepted=word == "with a manager"),
            ManagerKind.MANAGER,
            BEGUN,
        )
    if word == "closed, then another":
        made = partner.prepare_convention(mode, missions, None, None, day(-8))
        made.sign(PAPER, PAPER, day(-8), None, day(-8))
    return made


def _covers_esat(mission: Mission, reference: Reference) -> bool:
    return mission.is_for(reference.services["ESAT"])


def _person(partner: Partner, *, accepted: bool = True) -> Affiliation:
    user = User.person(
        "Delphine",
        "Dubois",
        f"{len(partner.affiliations)}.{partner.siret}@personne.invalid",
    )
    made = partner.invite(user, None, BEGUN)
    made.accepted_on = BEGUN if accepted else None
    made.partner_id, made.user_id = partner.id, user.id
    return made


def _papers(convention: Convention, chosen: Chosen, reference: Reference) -> None:
    """The bulletins, the amendment and the groups; what the convention does not allow is not there."""
    if chosen["other"] != "none" and convention.in_force_on is not None:
        access = ServiceAccess.of(convention, reference.services["CDAP"])
        on = day(-4) if chosen["other"] == "same day" else day(-7)
        access.bulletins.append(_bulletin(convention.siret, on))
    for word in chosen["amendment"].split(", "):
        if word in (MISSION, "siret"):
            on = day(2) if chosen["amendment"] == "mission, later" else day(-4)
            with suppress(Refused):
                convention.amend([word], list(convention.missions), None, on)
    if chosen["bulletin"] != "none":
        with suppress(Refused):
            _asks(
                ServiceAccess.of(convention, reference.services["ESAT"]),
                chosen,
                reference,
            )


def _bulletin(siret: str, opened_on: date | None) -> Bulletin:
    made = Bulletin(
        siret=siret,
        effective_from=opened_on,
        opened_on=opened_on,
        cna_acknowledged=False,
    )
    if opened_on is not None:
        made.partner_signed_on = made.organism_signed_on = opened_on
    return made


def _asks(access: ServiceAccess, chosen: Chosen, reference: Reference) -> None:
    word, partner = chosen["bulletin"], access.convention.partner
    siret = a_siret(9_999, 1) if "other siret" in word else access.convention.siret
    roles = [] if word == "empty" else list(reference.roles["ESAT"])
    made = access.prepare_bulletin(
        BulletinTerms(siret, roles, list(partner.establishments), [])
    )
    if word in ("empty", "draft", "other siret"):
        return
    until = day(-1) if word == "past its term" else None
    made.sign(SIGNED, day(-4), until, acknowledge_cna=False, today=day(-4))
    if word.startswith("signed"):
        return
    made.opened_on = day(3) if word == "to open" else day(-3)
    if word != "to open":
        _groups(access, chosen["group"], reference)
    if word in ("closed", "to close"):
        made.close(day(-1) if word == "closed" else day(5), "Retrait", day(-1))
    if word == "replaced by a draft":
        access.prepare_bulletin(
            BulletinTerms(siret, roles, list(partner.establishments), [])
        )


def _groups(access: ServiceAccess, word: str, reference: Reference) -> None:
    if word == "none":
        return
    group = access.create_group("Déclarants", None, day(-3))
    if word != "without role":
        access.attach_role(group, reference.roles["ESAT"][0], day(-3))
    if word in ("staffed", "closed", "left"):
        person = _person(access.convention.partner)
        group.include(person, day(-3))
        if word == "left":
            group.exclude(person, day(-1), day(-1))
    if word == "closed":
        group.close(day(-1), day(-1))


# what the records say


def situation(partner: Partner, service: Service, on: date) -> Situation:
    """Each fact from the records, by its own words."""
    word = max(
        (o for o in partner.origins if o.taken_on <= on),
        key=lambda o: o.id,
        default=None,
    )
    convention = next((c for c in partner.conventions if c.holds_on(on)), None)
    access = (
        next((a for a in convention.accesses if a.service.id == service.id), None)
        if convention
        else None
    )
    bulletin = _spoken_of(access, on)
    groups = (
        [g for g in access.groups if g.created_on <= on and g.is_live_on(on)]
        if access
        else []
    )
    decided = [
        e
        for e in partner.eligibilities
        if e.service_id == service.id and e.decided_on <= on
    ]
    return Situation(
        case=case_of(partner, service, on),
        migrates=service.migration is not None,
        in_force=convention is not None,
        announced=any(
            c.in_force_on and c.in_force_on > on and c.ends_after(on)
            for c in partner.conventions
        ),
        known_by_file=word is not None and word.known_mcp,
        attested=any(a.attested_on <= on for a in partner.attestations),
        eligible=bool(decided) and decided[-1].decision is Decision.ELIGIBLE,
        amended=convention is not None
        and any(
            MISSION in a.verified_fields and a.recorded_on <= on
            for a in convention.amendments
        ),
        covered=convention is not None
        and any(m.is_for(service) for m in convention.missions),
        complete=bulletin is not None and not bulletin.missing(),
        signed=bulletin is not None and bulletin.is_signed,
        siret_matches=bulletin is not None
        and convention is not None
        and bulletin.siret == convention.siret,
        available=service.available_from <= on,
        opened=bulletin is not None
        and bulletin.opened_on is not None
        and bulletin.opened_on <= on,
        opens_later=bulletin is not None
        and bulletin.opened_on is not None
        and bulletin.opened_on > on,
        delegated=convention is not None and convention.contract.mode is Mode.DELEGATED,
        managed=convention is not None and bool(convention.contract.managers_on(on)),
        grouped=bool(groups),
        with_role=any(g.role for g in groups),
        staffed=any(
            g.role and any(m.is_active_on(on) for m in g.memberships) for g in groups
        ),
    )


def _spoken_of(access: ServiceAccess | None, on: date) -> Bulletin | None:
    """The bulletin that is opened and not over, else the last that is not closed."""
    live = [b for b in access.bulletins if b.ends_on > on] if access else []
    return max(live, key=lambda b: (b.opened_on is not None, b.id), default=None)
