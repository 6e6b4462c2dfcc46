"""The people of the demonstration, as its provider of identity shows them."""

from typing import NamedTuple

from persistence.seeds.stories import AGENTS, Persona, personas

STRANGER = Persona(
    "leo-sans-droit",
    "Léo",
    "Leroy",
    "sans droit : son identité n'est liée à personne",
)


class PersonaGroup(NamedTuple):
    """Personas under one title of the page."""

    title: str
    people: list[Persona]


def groups() -> list[PersonaGroup]:
    """Return everyone who can sign in, as the page shows them.

    Machines have tokens, and no session.
    """
    cafs, national, partners = [], [], []
    for person in personas():
        if person.machine:
            continue
        if person.subject not in AGENTS:
            partners.append(person)
        elif AGENTS[person.subject][0].isdigit():
            cafs.append(person)
        else:
            national.append(person)
    return [
        PersonaGroup("Agents des Caf", cafs),
        PersonaGroup("Centre national d'appui, centres de ressources, Cnaf", national),
        PersonaGroup("Personnes des partenaires", partners),
        PersonaGroup("Personne que le registre ne connaît pas", [STRANGER]),
    ]


def people_by_subject() -> dict[str, Persona]:
    return {person.subject: person for group in groups() for person in group.people}


def claims_of(person: Persona) -> dict[str, str]:
    return {
        "sub": person.subject,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "usual_name": person.family_name,
        "email": f"{person.subject}@example.invalid",
        "uid": person.subject,
    }
