"""The organisms that pay the AAH."""

from sqlalchemy import select

from persistence.records import Organism, OrganismKind
from persistence.records.identifiers import whole
from persistence.records.rules import Refused, Rule
from persistence.register import Register

PAYERS = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH)


def payer_code(text: str) -> str:
    """The code of an organism as the register has it: a spreadsheet drops its zeros."""
    return whole(text).upper().zfill(3)


async def payer_of(register: Register, text: str) -> str:
    """The organism of this code that pays the AAH. PAYING_ORGANISM_UNKNOWN."""
    is_payer = Organism.kind.in_(PAYERS)
    payers = select(Organism.id).where(Organism.code == payer_code(text), is_payer)
    payer = await register.session.scalar(payers)
    if payer is None:
        raise Refused(Rule.PAYING_ORGANISM_UNKNOWN)
    return payer
