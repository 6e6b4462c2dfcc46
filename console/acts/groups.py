"""Groups: their role, their people."""

from .act import Act

GROUP = "/groupes/{groupId}"

GROUPS = (
    Act(
        "groupCreate",
        "Créer un groupe",
        "Créer le groupe",
        "Le groupe est créé.",
        "/partenaires/{access.partner.id}/groupes",
        root="access",
        choices={"establishmentIds": "access.partner.establishments.nodes"},
        review=False,
    ),
    Act(
        "groupRoleAttach",
        "Donner un rôle au groupe",
        "Donner ce rôle",
        "Le rôle est donné.",
        GROUP,
        root="group",
        version="group.version",
        choices={"roleId": "group.access.openedBulletin.roles"},
    ),
    Act(
        "groupClose",
        "Fermer le groupe",
        "Fermer le groupe",
        "La fermeture du groupe est enregistrée.",
        GROUP,
        root="group",
        version="group.version",
        initial={"on": "today"},
        danger=True,
    ),
    Act(
        "groupClosingCancel",
        "Annuler la fermeture du groupe",
        "Annuler la fermeture",
        "La fermeture est annulée.",
        GROUP,
        root="group",
        version="group.version",
    ),
    Act(
        "groupMembersAdd",
        "Inclure des personnes",
        "Inclure ces personnes",
        "Les personnes sont incluses.",
        GROUP,
        root="group",
        version="group.version",
        choices={"userIds": "group.people.affiliations.nodes.user"},
    ),
    Act(
        "groupMembersRemove",
        "Retirer des personnes",
        "Retirer ces personnes",
        "Les personnes sont retirées.",
        GROUP,
        root="group",
        version="group.version",
        choices={"userIds": "group.memberships.nodes.user"},
        initial={"on": "today"},
        danger=True,
    ),
)
