"""What a payroll of fiction says: people with good numbers, and lines that nothing is wrong with."""

from persistence.records.nir import Nir

NAMES = (
    "Abélia",
    "Bruyère",
    "Camélia",
    "Dahlia",
    "Églantine",
    "Fougère",
    "Glycine",
    "Hortensia",
)
YEAR = 2026
BORN = "27/05/1985"


def a_nir(number: int) -> str:
    """A number with its key: born in May 1985, in a commune that does not exist."""
    return Nir.read(f"1850575999{number:03d}").reveal()


def a_temporary_nir(number: int) -> str:
    """The number of somebody whose civil status is not certified yet."""
    return Nir.read(f"7850575999{number:03d}").reveal()


def a_line(number: int, caf: str = "751", /, **changes: object) -> dict[str, object]:
    """Somebody's November, paid by a Caf; what is changed to None is not said."""
    known = {
        "clientReference": f"P{number:03d}", "nir": a_nir(number), "birthName": NAMES[number % len(NAMES)],
        "givenNames": "Ariel", "birthDate": BORN, "matricule": f"{1_000_000 + number}", "payingOrganism": caf,
        "enteredOn": "28/06/2015", "rate": "100,00", "netRemuneration": "1 112,32", "netAid": "833,01",
        "esatShare": "17,00", "dualActivity": "N",
    }  # fmt: skip
    return {
        name: value for name, value in (known | changes).items() if value is not None
    }


def a_deposit(
    siret: str, key: str, /, *lines: dict[str, object], **more: object
) -> dict[str, object]:
    """The input of a deposit of these lines; its good lines are taken."""
    known = {
        "establishment": {"siret": siret}, "campaignYear": YEAR, "deposit": True, "mode": "ACCEPT_VALID",
        "idempotencyKey": key, "lines": list(lines),
    }  # fmt: skip
    return known | more


def counts(batch: dict[str, object]) -> dict[str, object]:
    """Those of a batch that are not zero."""
    names = (
        "received",
        "created",
        "replaced",
        "unchanged",
        "rejected",
        "held",
        "removed",
    )
    return {name: batch[name] for name in names if batch[name]}
