"""What a broken constraint of the database says in our words."""

from sqlalchemy.exc import IntegrityError

from .records import (
    Rule,
)

JUDGES = {
    ("uq_convention_one_per_partner", "convention.partner_id"): Rule.ONE_CONVENTION,
    ("uq_partner_siret_current", "partner_siret.siret"): Rule.SIRET_KNOWN,
    ("uq_establishment_siret", "establishment.siret"): Rule.ESTABLISHMENT_KNOWN,
    ("uq_bulletin_one_open", "bulletin.access_id"): Rule.BULLETIN_OPENED,
    ("uq_membership_active", "membership.group_id"): Rule.ALREADY_MEMBER,
    ("uq_affiliation_active", "affiliation.partner_id"): Rule.ALREADY_AFFILIATED,
    ("uq_agent_active", "agent.user_id"): Rule.ALREADY_AGENT,
    ("pk_reminder", "reminder.establishment_id"): Rule.ALREADY_REMINDED,
    ("_code", ".code"): Rule.CODE_KNOWN,
}
"""What a constraint says in our words: by its name on PostgreSQL, by its columns on
SQLite; the driver's text never."""


def rule_of_constraint(error: IntegrityError) -> Rule:
    """The rule that a broken constraint stands for."""
    message = str(error.orig)
    return next(
        (
            rule
            for words, rule in JUDGES.items()
            if any(word in message for word in words)
        ),
        Rule.CONFLICT,
    )
