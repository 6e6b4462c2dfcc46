"""A small world without a database: a builder takes what its test speaks of, and decides the rest."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from persistence.records import (
    Affiliation,
    Bulletin,
    Convention,
    Department,
    Group,
    Mission,
    Mode,
    Organism,
    OrganismKind,
    Partner,
    Refused,
    Role,
    RoleProfile,
    Rule,
    Service,
    ServiceAccess,
    User,
)
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.decisions import Decision
from persistence.records.identifiers import Siret
from persistence.records.papers import Signature
from persistence.records.partners import PartnerKind
from persistence.records.suspensions import Author, SuspensionSide

TODAY = date(2026, 12, 10)
REGISTERED = date(2026, 12, 1)
CANAL, SAME_UNIT, ELSEWHERE = "99990001200017", "99990001200025", "99990002000010"
SIRETS = (CANAL, SAME_UNIT, "99990001200033", "99990001200041")
BY_ORGANISM, BY_PARTNER = (
    Author(SuspensionSide.ORGANISM),
    Author(SuspensionSide.PARTNER),
)
PAPER = Signature(
    date(2025, 1, 6),
    date(2025, 1, 7),
    "Signataire fictif",
    "Signataire fictive",
    "0" * 64,
)

# the reference data


def organism(
    code: str, kind: OrganismKind = OrganismKind.CAF, *departments: str
) -> Organism:
    made = Organism(
        id=f"org_{code}",
        code=code,
        kind=kind,
        departments=[Department(code=d) for d in departments],
    )
    made.rename(f"Organisme {code}", None)
    return made


CAF = organism("751", OrganismKind.CAF, "75")
ESAT = Service(
    id="svc_ESAT",
    code="ESAT",
    label="Esat",
    tab_label="Esat",
    available_from=date(2025, 7, 1),
    bulletins_from=date(2025, 3, 20),
    needs_establishment=True,
    needs_eligibility_form=True,
    excluded=[Department(code="976")],
)
CDAP = Service(
    id="svc_CDAP",
    code="CDAP",
    label="CDAP",
    tab_label="CDAP",
    available_from=date(2019, 1, 1),
    needs_establishment=False,
    needs_eligibility_form=False,
)
DECLARANT = Role(
    id="rol_D",
    code="ESAT_DECLARANT",
    service_id=ESAT.id,
    label="D",
    profile=RoleProfile.VALIDATING,
)
READER = Role(
    id="rol_L",
    code="ESAT_LECTEUR",
    service_id=ESAT.id,
    label="L",
    profile=RoleProfile.READING,
)
CONSULTANT = Role(
    id="rol_T1",
    code="CDAP_T1",
    service_id=CDAP.id,
    label="T1",
    profile=RoleProfile.READING,
)
WORK = Mission(
    id="mis_W", code="ACCOMPAGNEMENT_TRAVAIL", label="Travail", services=[ESAT]
)
CARE = Mission(
    id="mis_C", code="ACCOMPAGNEMENT_SOCIAL", label="Social", services=[CDAP]
)
DECIDER = User(id="usr_decider", given_name="Agnès", family_name="Aubry")

# the stories


def day(offset: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(offset)


def partner_in(*departments: str, today: date = REGISTERED) -> Partner:
    """A partner followed by the Caf, with one establishment in each department: 75 unless told."""
    made = Partner.register(
        Siret.read(CANAL), "ESAT du Canal", PartnerKind.ESAT, CAF, today
    )
    for siret, department in zip(SIRETS, departments or ("75",), strict=False):
        made.add_establishment(
            Siret.read(siret), f"Atelier {department}", department, None, today
        )
    return made


def draft_of(
    partner: Partner,
    mode: Mode = Mode.CENTRALISED,
    missions: Sequence[Mission] = (WORK, CARE),
) -> Convention:
    return partner.prepare_convention(
        mode, list(missions), "exercice", "administration", REGISTERED
    )


def signed(
    convention: Convention,
    in_force_on: date = TODAY,
    term_on: date | None = None,
    today: date = TODAY,
) -> Convention:
    convention.sign(PAPER, PAPER, in_force_on, term_on, today)
    return convention


def convention_of(partner: Partner, mode: Mode = Mode.CENTRALISED) -> Convention:
    """A convention in force from the registration on."""
    return signed(draft_of(partner, mode), REGISTERED, None, REGISTERED)


def draft_bulletin(
    convention: Convention, siret: str = CANAL, roles: Sequence[Role] = (DECLARANT,)
) -> Bulletin:
    """An Esat bulletin over all establishments of the partner."""
    terms = BulletinTerms(
        siret, list(roles), list(convention.partner.establishments), []
    )
    return ServiceAccess.of(convention, ESAT).prepare_bulletin(terms)


def sign_bulletin(
    bulletin: Bulletin,
    effective_from: date = TODAY,
    effective_to: date | None = None,
    *,
    cna: bool = True,
) -> Bulletin:
    bulletin.sign(PAPER, effective_from, effective_to, acknowledge_cna=cna, today=TODAY)
    return bulletin


def ready_bulletin(
    convention: Convention, siret: str = CANAL, roles: Sequence[Role] = (DECLARANT,)
) -> Bulletin:
    """Signed, of an eligible partner: only the opening is left."""
    find_eligible(convention.partner)
    return sign_bulletin(draft_bulletin(convention, siret, roles))


def find_eligible(
    partner: Partner, service: Service = ESAT, today: date = TODAY
) -> None:
    partner.decide_eligibility(
        service, Decision.ELIGIBLE, "Mission vérifiée", "1" * 64, DECIDER, today
    )


def opened(bulletin: Bulletin, on: date = TODAY) -> ServiceAccess:
    bulletin.open_service(on, frozenset(), TODAY)
    return bulletin.access


def esat_access(mode: Mode = Mode.CENTRALISED) -> ServiceAccess:
    """The Esat service, open since today."""
    return opened(ready_bulletin(convention_of(partner_in(), mode)))


def colleague(partner: Partner, name: str = "Dubois") -> Affiliation:
    user = User.person("Delphine", name, f"{name.casefold()}@example.invalid")
    made = partner.invite(user, None, TODAY)
    made.accepted_on = TODAY
    made.partner_id, made.user_id = partner.id, user.id
    return made


def group_of(access: ServiceAccess, role: Role | None = DECLARANT) -> Group:
    made = access.create_group("Déclarants", None, TODAY)
    if role is not None:
        access.attach_role(made, role, TODAY)
    return made


@contextmanager
def refused(rule: Rule, *path: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The act is refused by this very rule, at this very field."""
    with pytest.raises(Refused) as raised:
        yield raised
    assert (raised.value.rule, raised.value.notice.path) == (rule, path)
