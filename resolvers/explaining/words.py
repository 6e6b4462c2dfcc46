"""The French names of the policy: its types, its actions, its roles, its facts."""

from typing import NamedTuple

THINGS = {
    "Partner": "le partenaire",
    "Establishment": "l'établissement",
    "Convention": "la convention",
    "Amendment": "l'avenant",
    "ServiceContract": "le contrat de services",
    "Manager": "le gestionnaire des habilitations",
    "Delegation": "le mode de gestion",
    "MembershipBulletin": "le bulletin d'adhésion",
    "ServiceAccess": "le service",
    "Eligibility": "l'éligibilité",
    "ActivityAttestation": "l'activité",
    "Cna": "le partenaire",
    "Group": "le groupe",
    "Membership": "les inclusions",
    "User": "l'utilisateur",
    "Mandate": "le mandat",
    "JournalEntry": "le journal",
    "Worker": "le travailleur",
    "Declaration": "la déclaration",
    "DeclarationLine": "la ligne déclarée",
    "DraftLine": "le brouillon",
    "RosterEntry": "les personnes attendues",
    "ActivityChange": "le changement d'activité",
    "Batch": "le lot",
    "Import": "l'extraction",
    "Agent": "l'agent",
    "Organism": "l'organisme",
    "Service": "le service",
    "Role": "le rôle",
    "Mission": "la mission",
    "Campaign": "la campagne",
    "Parameter": "le paramètre",
}
VERBS = {
    "read": "lire",
    "export": "exporter",
    "register": "enregistrer",
    "update": "modifier",
    "add": "ajouter",
    "remove": "retirer",
    "prepare": "préparer",
    "record": "enregistrer",
    "sign": "signer",
    "amend": "faire un avenant à",
    "close": "clôturer",
    "cancel_closing": "annuler la clôture de",
    "appoint": "nommer",
    "appoint_deputy": "nommer un suppléant pour",
    "end": "mettre fin à la fonction de",
    "change": "changer",
    "replace": "remplacer",
    "open": "ouvrir",
    "transfer": "transférer",
    "suspend": "suspendre",
    "resume": "reprendre",
    "decide": "décider de",
    "attest": "attester",
    "hand_back": "rendre à l'organisme signataire",
    "create": "créer",
    "attach_role": "rattacher un rôle à",
    "invite": "inviter",
    "reinstate": "rétablir",
    "deactivate": "faire partir",
    "grant": "donner",
    "revoke": "retirer",
    "merge": "réunir",
    "reveal_nir": "révéler le numéro de sécurité sociale de",
    "deposit": "déposer",
    "correct": "corriger",
    "cancel": "annuler",
    "process": "traiter",
    "remind": "relancer pour",
    "dry_run": "essayer",
    "upload": "envoyer",
    "arbitrate": "arbitrer",
    "apply": "appliquer",
    "purge": "purger",
    "write": "tenir à jour",
}
ROLES = {
    "everyone": "chacun, sur ce qui est à lui",
    "member_reading": "membre d'un groupe, en lecture",
    "member_entering": "membre d'un groupe, en saisie",
    "member_validating": "membre d'un groupe, en validation",
    "machine_reading": "client machine, en lecture",
    "machine_entering": "client machine, en saisie",
    "machine_validating": "client machine, en validation",
    "partner_administrator": "gestionnaire des habilitations du partenaire",
    "agent_reading": "agent, en lecture",
    "agent_managing": "agent gestionnaire",
    "resource_centre": "Centre de ressources",
    "national": "administrateur national",
}
PROFILES = {"agent_reading": "Agent lecteur", "agent_managing": "Agent gestionnaire"}
FACTS = {
    "partner": "le partenaire",
    "owner": "la personne elle-même",
    "administering": "l'organisme qui administre",
    "signing": "l'organisme signataire",
    "signatory": "l'organisme qui a signé ce document",
    "paying": "l'organisme qui paie l'AAH",
    "convention": "la convention en vigueur",
    "mode": "le mode de gestion",
    "group": "le groupe",
    "partner_service": "le service du partenaire",
    "partner_service_establishment": "l'établissement, pour ce service",
}

CONTRACTIONS = {" de le ": " du ", " à le ": " au ", " de les ": " des "}


class Through(NamedTuple):
    """The fact that names the organism of an agent, and the verb of a refusal."""

    fact: str
    verb: str


SCOPES = {
    "jurisdiction": Through("administering", "n'administre pas"),
    "jurisdiction_centralised": Through("administering", "n'administre pas"),
    "signing_caf": Through("signing", "n'a pas signé avec"),
    "own_signature": Through("signatory", "n'a pas signé"),
    "paying_organism": Through("paying", "ne paie pas l'AAH pour"),
}

ANONYMOUS = {
    "USER": "Personne",
    "GROUP": "Groupe",
    "ESTABLISHMENT": "Établissement",
    "BULLETIN": "Bulletin",
    "SERVICE": "Service",
    "CONTRACT": "Contrat de services",
    "CONVENTION": "Convention",
    "MANAGER": "Gestionnaire des habilitations",
}
"""The label of a link whose object the asker may not read, by its kind."""


def doing(type_: str, action: str, name: str) -> str:
    """`clôturer la convention (ESAT du Canal)`."""
    about = f" ({name})" if name else ""
    phrase = f"{VERBS[action]} {THINGS[type_]}"
    for apart, together in CONTRACTIONS.items():
        phrase = phrase.replace(apart, together)
    return phrase + about


def label(type_: str, action: str) -> str:
    """`Clôturer la convention`."""
    phrase = doing(type_, action, "")
    return phrase[0].upper() + phrase[1:]
