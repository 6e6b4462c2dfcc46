"""The questions that are measured: each as a document for the graph, and as fixed SQL for the floor."""

from datetime import date
from typing import Any, NamedTuple

from .data import siret

STATE = "s.starts_on <= $1 AND s.ends_on > $1"


class Question(NamedTuple):
    """`sql` takes the day and the variables in order, and returns the text of the same JSON; `sqlite` in its words."""

    title: str
    document: str
    variables: dict[str, str]
    sql: str
    sqlite: str | None = None

    def fixed(self, dialect: str) -> str:
        text = self.sqlite if dialect == "sqlite" else self.sql
        assert text is not None
        return text

    def given(self, dialect: str, day: date) -> list[Any]:
        return [
            day.isoformat() if dialect == "sqlite" else day,
            *self.variables.values(),
        ]


LINE = "SELECT * FROM declaration_line WHERE paying_id = 'org_751' AND deposited ORDER BY id LIMIT 100"
DECIMALS = ", ".join(
    f"'{name}', CAST({column} / 100 AS text) || '.' || substr(CAST({column} % 100 + 100 AS text), 2)"
    for name, column in {
        "rate": "rate", "netRemuneration": "net_remuneration", "netAid": "net_aid", "esatShare": "esat_share"
    }.items()
)  # fmt: skip
EIGHT = f"'id', id, 'matricule', matricule, 'enteredOn', entered_on, {DECIMALS}, 'changedSequence', changed_sequence"


QUESTIONS = (
    Question(
        "un partenaire par SIRET, convention, groupes, membres",
        """query($siret: String!) { partner(by: {siret: $siret}) { id name siren kind
             conventionInForce { id siret inForceOn organism { code name } contract { mode } }
             groups(first: 20) { nodes { id name role { code }
               members(first: 50) { nodes { id familyName givenName email } } } } } }""",
        {"siret": siret(76)},
        f"""SELECT json_build_object('partner', (
              SELECT json_build_object('id', p.id, 'name', p.name, 'siren', p.siren, 'kind', p.kind,
                'conventionInForce', (SELECT json_build_object('id', c.id, 'siret', c.siret, 'inForceOn', c.in_force_on,
                    'organism', json_build_object('code', o.code, 'name', o.name),
                    'contract', json_build_object('mode', k.mode))
                  FROM partner_state s JOIN convention c ON c.id = s.convention_id
                  JOIN organism o ON o.id = c.organism_id JOIN contract k ON k.convention_id = c.id
                  WHERE s.partner_id = p.id AND {STATE}),
                'groups', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name,
                    'role', (SELECT json_build_object('code', r.code) FROM role r WHERE r.id = g.role_id),
                    'members', json_build_object('nodes', (
                      SELECT coalesce(json_agg(json_build_object('id', u.id, 'familyName', u.family_name,
                          'givenName', u.given_name, 'email', u.email) ORDER BY u.sort_key, u.id), '[]'::json)
                      FROM (SELECT u.* FROM membership m JOIN "user" u ON u.id = m.user_id
                            WHERE m.group_id = g.id AND m.starts_on <= $1 AND (m.ends_on IS NULL OR m.ends_on > $1)
                            ORDER BY u.sort_key, u.id LIMIT 50) u)))
                    ORDER BY g.sort_key, g.id), '[]'::json)
                  FROM (SELECT * FROM "group" g WHERE g.partner_id = p.id ORDER BY g.sort_key, g.id LIMIT 20) g)))
              FROM partner p JOIN partner_siret x ON x.partner_id = p.id
              WHERE x.siret = $2 AND x.ends_on IS NULL))::text""",
    ),
    Question(
        "cinquante partenaires, conventions et groupes",
        """{ partners(first: 50) { nodes { id name siren
             conventions(first: 5) { nodes { id siret inForceOn closedOn } }
             groups(first: 10) { nodes { id name createdOn } } } } }""",
        {},
        f"""SELECT json_build_object('partners', json_build_object('nodes', (
              SELECT json_agg(json_build_object('id', p.id, 'name', p.name, 'siren', p.siren,
                'conventions', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object('id', c.id,
                    'siret', c.siret, 'inForceOn', c.in_force_on, 'closedOn', c.closed_on)
                    ORDER BY c.prepared_on DESC, c.id DESC), '[]'::json)
                  FROM (SELECT * FROM convention c WHERE c.partner_id = p.id
                        ORDER BY c.prepared_on DESC, c.id DESC LIMIT 5) c)),
                'groups', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name,
                    'createdOn', g.created_on) ORDER BY g.sort_key, g.id), '[]'::json)
                  FROM (SELECT * FROM "group" g WHERE g.partner_id = p.id ORDER BY g.sort_key, g.id LIMIT 10) g)))
                ORDER BY p.sort_key, p.id)
              FROM (SELECT p.* FROM partner_state s JOIN partner p ON p.id = s.partner_id
                    WHERE s.administering_id = 'org_751' AND {STATE} ORDER BY p.sort_key, p.id LIMIT 50) p)))::text""",
    ),
    Question(
        "cent utilisateurs et leurs groupes",
        """{ users(first: 100) { nodes { id familyName givenName email groups(first: 10) { nodes { id name } } } } }""",
        {},
        f"""SELECT json_build_object('users', json_build_object('nodes', (
              SELECT json_agg(json_build_object('id', u.id, 'familyName', u.family_name, 'givenName', u.given_name,
                'email', u.email, 'groups', json_build_object('nodes', (
                  SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.sort_key, g.id),
                                  '[]'::json)
                  FROM (SELECT g.* FROM membership m JOIN "group" g ON g.id = m.group_id
                        WHERE m.user_id = u.id AND m.starts_on <= $1 AND (m.ends_on IS NULL OR m.ends_on > $1)
                        ORDER BY g.sort_key, g.id LIMIT 10) g)))
                ORDER BY u.sort_key, u.id)
              FROM (SELECT u.* FROM "user" u WHERE u.id IN (
                      SELECT a.user_id FROM affiliation a JOIN partner_state s ON s.partner_id = a.partner_id
                      WHERE s.administering_id = 'org_751' AND {STATE}) OR u.id = 'usr_bench-agent'
                    ORDER BY u.sort_key, u.id LIMIT 100) u)))::text""",
    ),
    Question(
        "cent lignes × huit champs parmi un million, la Caf qui paie",
        """{ lines(first: 100) { nodes { id matricule enteredOn rate netRemuneration netAid esatShare
             changedSequence } } }""",
        {},
        f"""SELECT json_build_object('lines', json_build_object('nodes', (
              SELECT json_agg(json_build_object({EIGHT}) ORDER BY id) FROM ({LINE}) l)))::text
            WHERE $1::date IS NOT NULL""",
        f"""SELECT json_object('lines', json_object('nodes', (
              SELECT json_group_array(json(json_object({EIGHT})) ORDER BY id) FROM ({LINE}) l))) WHERE ? IS NOT NULL""",
    ),
)  # fmt: skip

ROSTER_TITLE = "l'effectif d'un établissement, cinquante personnes au plus"
ROSTER = """query($id: ID!) { node(id: $id) { ... on Establishment { roster(campaignId: "cmp_2026", first: 50) {
  totalCount nodes { standing departedOn worker { id birthName givenNames birthDate }
    lastYear { id rate netRemuneration esatShare } line { id processing } } } } } }"""
BOARD_TITLE = "le tableau d'une Caf de trois cents établissements"
BOARD = """{ campaign(year: 2026) { id board(organismId: "org_751") { on late
  figures { expected declared nothingToDeclare undeclared drafts conform anomalies personsMissing atRisk returned pending }
  byDay { day deposits } } } }"""
"""What follows a campaign: neither has a floor, and both are told beside the first question."""
