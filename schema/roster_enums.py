"""The enums of the rosters, and the words of each of their values on a screen."""

from persistence.records.rosters import BeneficiaryAnswer, RosterStanding

from .enums import labelled

labelled(
    "Où en est une personne attendue au certificat d'un établissement (R17).",
    DECLARED="Déclarée, comme l'an dernier",
    NEW="Déclarée, et nouvelle",
    MISSING="Manquante",
    DEPARTED="Partie avant novembre",
    DECLARED_ELSEWHERE="Déclarée par un autre établissement",
    NOT_BENEFICIARY="Non bénéficiaire",
)(RosterStanding)
labelled(
    "Pourquoi une personne attendue n'est pas à déclarer, selon l'établissement.",
    AAH_LOST="N'a plus l'AAH",
    PAID_BY_MSA="Payée par la MSA",
    NONE="Aucune réponse",
)(BeneficiaryAnswer)
