"""The reference data.

101 Caf (codes mostly by pattern, to be verified), CNA, services, roles, missions,
parameters.

All services but ESAT are illustrative.
"""

import csv
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import (
    Campaign,
    Department,
    Migration,
    Mission,
    Organism,
    OrganismKind,
    Parameter,
    Role,
    RoleProfile,
    Service,
)
from persistence.records.base import name_key

ORGANISMS = Path(__file__).with_name("organisms.csv")
JULY = date(2025, 7, 1)
OPEN_SINCE = date(2019, 1, 1)
SERVICES = {
    "ESAT": ("Établissement et service d'accompagnement par le travail", "Esat", JULY),
    "CDAP": (
        "Consultation des dossiers allocataires par les partenaires",
        "CDAP",
        OPEN_SINCE,
    ),
    "AFAS": ("Aides financières d'action sociale", "Afas", OPEN_SINCE),
    "BAILLEURS": ("Tiers payant et bailleurs", "Bailleurs", OPEN_SINCE),
    "VACAF": ("Aides aux vacances", "Vacaf", OPEN_SINCE),
}
ROLES = {
    "ESAT_DECLARANT": ("ESAT", "Déclarant", RoleProfile.VALIDATING),
    "ESAT_PREPARATEUR": ("ESAT", "Préparateur", RoleProfile.ENTERING),
    "ESAT_LECTEUR": ("ESAT", "Lecteur", RoleProfile.READING),
    "CDAP_T1": ("CDAP", "Profil T1", RoleProfile.READING),
    "CDAP_T2": ("CDAP", "Profil T2", RoleProfile.READING),
    "CDAP_T5": ("CDAP", "Profil T5", RoleProfile.READING),
    "AFAS_FOURNISSEUR_DONNEES": (
        "AFAS",
        "Fournisseur de données",
        RoleProfile.ENTERING,
    ),
    "AFAS_APPROBATEUR": ("AFAS", "Approbateur", RoleProfile.VALIDATING),
}
MISSIONS = {
    "ACCOMPAGNEMENT_TRAVAIL": (
        "Accompagnement par le travail des personnes handicapées",
        ("ESAT",),
    ),
    "ACCOMPAGNEMENT_SOCIAL": ("Accompagnement social des allocataires", ("CDAP",)),
    "ACCUEIL_ENFANCE": ("Accueil du jeune enfant et loisirs", ("AFAS", "VACAF")),
    "LOGEMENT": ("Logement et prévention des impayés", ("BAILLEURS", "CDAP")),
}
SMIC_HOURLY = {
    date(2023, 5, 1): 1152,
    date(2024, 1, 1): 1165,
    date(2024, 11, 1): 1188,
    date(2026, 1, 1): 1202,
    date(2026, 6, 1): 1231,
}
GUARANTEED = {
    "RG_MIN": 5570,
    "RG_MAX": 11070,
    "AID_CAP": 5070,
    "ESAT_SHARE_MIN": 500,
    "AID_THRESHOLD": 2000,
    "AID_SLOPE": 50,
}
MIGRATION = {
    "label": "Migration du service Esat de Habtiers vers Mon Compte Partenaire",
    "opens_on": date(2025, 3, 20),
    "deadline": date(2025, 6, 30),
    "source": "IT 2025-061, §5 : « pour le 30 juin 2025 au plus tard »",
}


async def seed_reference(session: AsyncSession) -> None:
    """The reference data of an empty register."""
    rows = _rows()
    codes = {row["department"] for row in rows} - {""} | {"976"}
    departments = {code: Department(code=code) for code in sorted(codes)}
    session.add_all(departments.values())
    organisms = {
        row["code"]: organism(row["code"], OrganismKind(row["kind"]), row["name"])
        for row in rows
    }
    # Departments and Caf are not one to one: the Seignanx lies in the Landes.
    for row in rows:
        if row["department"]:
            organisms[row["code"]].departments.append(departments[row["department"]])
    organisms["CNAF"] = organism("CNAF", OrganismKind.NATIONAL, "Cnaf")
    session.add_all(organisms.values())
    await session.flush()
    organisms["CNA"].piloted_by_id = "org_781"
    await session.flush()
    await _seed_services(session, departments)
    session.add_all(
        Campaign.of(year, legacy=year == JULY.year - 1) for year in range(2024, 2028)
    )
    session.add_all(
        Parameter(id=f"par_SMIC_{day}", name="SMIC_HOURLY", starts_on=day, value=v)
        for day, v in SMIC_HOURLY.items()
    )
    session.add_all(
        Parameter(id=f"par_{name}_2018", name=name, starts_on=date(2018, 1, 1), value=v)
        for name, v in GUARANTEED.items()
    )
    await session.flush()


async def _seed_services(
    session: AsyncSession, departments: dict[str, Department]
) -> None:
    services = {}
    for code, (label, tab, available) in SERVICES.items():
        esat = code == "ESAT"
        services[code] = Service(
            id=f"svc_{code}",
            code=code,
            label=label,
            tab_label=tab,
            available_from=available,
            bulletins_from=date(2025, 3, 20) if esat else None,
            needs_establishment=esat,
            needs_eligibility_form=esat,
            illustrative=not esat,
            excluded=[departments["976"]] if esat else [],
        )
    session.add_all(services.values())
    await session.flush()
    session.add(Migration(id="mig_ESAT", service_id="svc_ESAT", **MIGRATION))
    session.add_all(
        Role(
            id=f"rol_{code}",
            code=code,
            service_id=f"svc_{service}",
            label=label,
            profile=profile,
        )
        for code, (service, label, profile) in ROLES.items()
    )
    session.add_all(
        Mission(
            id=f"mis_{code}",
            code=code,
            label=label,
            services=[services[s] for s in covered],
        )
        for code, (label, covered) in MISSIONS.items()
    )
    await session.flush()


def organism(code: str, kind: OrganismKind, name: str) -> Organism:
    return Organism(
        id=f"org_{code}", code=code, kind=kind, name=name, sort_key=name_key(name)
    )


def _rows() -> list[dict[str, str]]:
    with ORGANISMS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
