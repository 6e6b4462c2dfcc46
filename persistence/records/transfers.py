"""A transfer: a partner with a convention passes to another organism (R31)."""

from datetime import date

from .conventions import Convention
from .organisms import Organism
from .partners import Partner
from .rules import Rule, require
from .successions import in_force, prepare


def change_organism(partner: Partner, organism: Organism, today: date) -> Convention:
    """R31: prepare a convention that another organism signs."""
    organism.require_contracting_body()
    former = in_force(partner, today)
    require(former.organism_id != organism.id, Rule.FOLLOWER_SAME, "organism_id")
    mode = former.contract.mode
    return prepare(partner, mode, partner.siret, today, organism.id)
