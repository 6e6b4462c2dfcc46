"""Les habilitations effectives d'une personne, avec le chemin qui les donne."""

from .binding import mirrors, one
from .refs import (
    BulletinRef,
    ConventionRef,
    EstablishmentRef,
    GroupRef,
    MembershipRef,
    PartnerRef,
    RoleRef,
    ServiceAccessRef,
    ServiceRef,
)


class _RightView:
    """A right has no table: one select derives it, for callers and for this list."""

    __tablename__ = "right"


@mirrors(
    _RightView,  # type: ignore[arg-type]
    "Habilitation effective : un rôle dans un service, sur un établissement, et ce"
    " dont elle se déduit (§5, R56).",
)
class Right:
    service: ServiceRef = one("Le service.", "service_id")
    role: RoleRef = one("Le rôle.", "role_id")
    establishment: EstablishmentRef | None = one(
        "L'établissement ; vide quand le bulletin n'en nomme pas : le partenaire"
        " entier.",
        "establishment_id",
    )
    membership: MembershipRef | None = one("L'inclusion.", "membership_id")
    group: GroupRef | None = one("Le groupe.", "group_id")
    bulletin: BulletinRef | None = one(
        "Le bulletin ouvert qui accorde le rôle.", "bulletin_id"
    )
    access: ServiceAccessRef | None = one("Le service de la convention.", "access_id")
    convention: ConventionRef | None = one("La convention en vigueur.", "convention_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
