"""Thirty thousand partners, two hundred thousand users, sixty thousand groups, made by the database itself."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

PARTNERS, USERS, GROUPS = 30_000, 200_000, 60_000
CALLER = "bench-agent"
ISSUER = "https://demo.habilitations.invalid"

STATEMENTS = (
    f"""INSERT INTO partner (id, version, siren, kind, name, sort_key, follower_id, registered_on)
        SELECT 'ptr_' || i, 1, lpad(i::text, 9, '0'), 'ESAT', 'Partenaire ' || i, 'partenaire ' || md5(i::text),
               o.id, DATE '2025-09-01'
        FROM generate_series(0, {PARTNERS - 1}) i
        JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS total FROM organism
              WHERE kind IN ('CAF', 'MULTI_BRANCH')) o ON o.n = i % o.total""",
    f"""INSERT INTO partner_siret (partner_id, siret, starts_on)
        SELECT 'ptr_' || i, lpad(i::text, 14, '0'), DATE '2025-09-01' FROM generate_series(0, {PARTNERS - 1}) i""",
    f"""INSERT INTO establishment (id, version, partner_id, name, sort_key, siret, department, added_on)
        SELECT 'est_' || i, 1, 'ptr_' || i, 'Établissement ' || i, 'etablissement ' || i, lpad(i::text, 14, '0'), '75',
               DATE '2025-09-01' FROM generate_series(0, {PARTNERS - 1}) i""",
    """INSERT INTO convention (id, version, partner_id, siret, organism_id, prepared_on, in_force_on, closed_on)
       SELECT 'cnv_old' || substr(p.id, 5), 1, p.id, s.siret, p.follower_id, DATE '2025-09-01', DATE '2025-09-01',
              DATE '2026-03-01'
       FROM partner p JOIN partner_siret s ON s.partner_id = p.id WHERE hashtext(p.id) % 10 = 0""",
    """INSERT INTO convention (id, version, partner_id, siret, organism_id, prepared_on, in_force_on)
       SELECT 'cnv_' || substr(p.id, 5), 1, p.id, s.siret, p.follower_id, DATE '2026-03-01', DATE '2026-03-01'
       FROM partner p JOIN partner_siret s ON s.partner_id = p.id""",
    """INSERT INTO contract (convention_id, partner_id, mode) SELECT id, partner_id, 'CENTRALISED' FROM convention""",
    """INSERT INTO partner_state (partner_id, starts_on, ends_on, convention_id, mode, administering_id, signing_id)
       SELECT partner_id, DATE '2025-09-01', DATE '9999-12-31', id, 'CENTRALISED', organism_id, organism_id
       FROM convention WHERE closed_on IS NULL""",
    """INSERT INTO service_access (id, version, convention_id, partner_id, service_id)
       SELECT 'acc_' || substr(id, 5), 1, id, partner_id, 'svc_ESAT' FROM convention WHERE closed_on IS NULL""",
    f"""INSERT INTO "group" (id, version, access_id, partner_id, service_id, role_id, name, sort_key,
                            all_establishments, created_on)
        SELECT 'grp_' || i, 1, 'acc_' || (i % {PARTNERS}), 'ptr_' || (i % {PARTNERS}), 'svc_ESAT', 'rol_ESAT_DECLARANT',
               'Groupe ' || i, 'groupe ' || i, true, DATE '2026-03-01' FROM generate_series(0, {GROUPS - 1}) i""",
    f"""INSERT INTO "user" (id, version, kind, given_name, family_name, sort_key, email)
        SELECT 'usr_' || i, 1, 'PERSON', 'Prénom', 'Nom' || i, 'nom ' || md5(i::text), 'u' || i || '@example.invalid'
        FROM generate_series(0, {USERS - 1}) i""",
    f"""INSERT INTO affiliation (id, version, partner_id, user_id, starts_on)
        SELECT 'aff_' || i, 1, 'ptr_' || (i % {PARTNERS}), 'usr_' || i, DATE '2026-03-01'
        FROM generate_series(0, {USERS - 1}) i""",
    f"""INSERT INTO membership (id, version, group_id, role_id, partner_id, affiliation_id, user_id, starts_on)
        SELECT 'mbr_' || i, 1, 'grp_' || (i % {GROUPS}), 'rol_ESAT_DECLARANT', 'ptr_' || (i % {PARTNERS}), 'aff_' || i,
               'usr_' || i, DATE '2026-03-01' FROM generate_series(0, {USERS - 1}) i""",
    f"""INSERT INTO "user" (id, version, kind, given_name, family_name, sort_key)
        VALUES ('usr_{CALLER}', 1, 'PERSON', 'Agent', 'Mesure', 'mesure agent')""",
    f"INSERT INTO sign_in (issuer, subject, user_id) VALUES ('{ISSUER}', '{CALLER}', 'usr_{CALLER}')",
    f"""INSERT INTO agent (id, version, user_id, organism_id, profile, starts_on)
        VALUES ('agt_{CALLER}', 1, 'usr_{CALLER}', 'org_751', 'MANAGING', DATE '2026-01-01')""",
)  # fmt: skip


async def fill(session: AsyncSession) -> None:
    """The bench's register, on top of the reference data."""
    for statement in STATEMENTS:
        await session.execute(text(statement))
