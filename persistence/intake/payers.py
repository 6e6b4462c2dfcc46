"""The organisms that pay the AAH."""

from persistence.records import OrganismKind

PAYERS = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH)
