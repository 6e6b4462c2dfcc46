"""A register of before keeps its meaning: digests, treatments and « néant » are worked out from what it holds."""

from datetime import date
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from persistence.engine import Database
from persistence.migrations import config, migrate
from persistence.records.nir import Nir
from persistence.seeds.fiction import fictional_vault
from persistence.vault import VaultError
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Person, an_open_esat

from .ledger import rows

BEFORE = "0015-1"
LINES = "SELECT id, words_digest, dual_activity_since, dual_activity_hours FROM declaration_line ORDER BY id"
TREATMENTS = "SELECT worker_id, campaign_id, words_digest, outcome, reason, day FROM treatment ORDER BY line_id"
NOTHING = "SELECT id FROM declaration WHERE nothing_to_declare ORDER BY id"
SECOND = {
    "dualActivity": "O", "dualActivitySince": "01/09/2026", "dualActivityHours": "12,5", "rate": "80",
    "noPayReason": "OTHER", "netRemuneration": None, "netAid": None, "esatShare": None,
}  # fmt: skip


async def _meaning(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {
        name: await rows(database, query)
        for name, query in (
            ("lines", LINES),
            ("treatments", TREATMENTS),
            ("nothing", NOTHING),
        )
    }


async def _back_and_forth(database: Database) -> None:
    """To the step before, where none of it is known, and up again."""
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), BEFORE))
        await connection.commit()
    await migrate(database, fictional_vault())


async def test_what_was_declared_and_treated_before_means_the_same_after(
    world: World, paris: Person
) -> None:
    esat, other = await an_open_esat(paris, "jo"), await an_open_esat(paris, "zoe")
    jo, zoe, seine = (
        Person(world, who) for who in ("jo", "zoe", "agent-hauts-de-seine")
    )
    siret = esat.partner.siret
    await jo.declares(
        **a_deposit(siret, "1", a_line(0, "921"), a_line(1, "921", usedName="D'Ormeau"))
    )
    read = await seine.asks(
        "{ lines(live: true, first: 100) { nodes { id clientReference } } }"
    )
    ids = {line["clientReference"]: line["id"] for line in read["lines"]["nodes"]}
    await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"])
    await seine.processes(
        "RETURNED", ids["P001"], processingReason="Matricule à revoir"
    )
    await zoe.declares(**a_deposit(other.partner.siret, "1", nothingToDeclare=True))
    await jo.declares(
        **a_deposit(siret, "2", a_line(2, "921", **SECOND), deposit=False)
    )
    before = await _meaning(world.database)
    assert len(before["treatments"]) == 2
    assert len(before["nothing"]) == 1

    await _back_and_forth(world.database)

    after = await _meaning(world.database)
    deposited = {
        row["id"]
        for row in await rows(
            world.database, "SELECT id FROM declaration_line WHERE deposited"
        )
    }
    assert after["treatments"] == before["treatments"]
    assert after["nothing"] == before["nothing"]
    assert _of(after["lines"], deposited) == _of(before["lines"], deposited)
    assert len(deposited) > 90, "the digests of all the lines of the demonstration"


def _of(lines: list[dict[str, Any]], ids: set[str]) -> list[tuple[str, str]]:
    return [(line["id"], line["words_digest"]) for line in lines if line["id"] in ids]


# drafts

CANAL = "99990001200025"
DRAFT = """INSERT INTO declaration (id, version, partner_id, establishment_id, campaign_id, siret, sequence, prepared_at, line_count, nothing_to_declare, declared_by_id)
SELECT 'dec_old', 1, partner_id, establishment_id, 'cmp_2026', siret, 3, prepared_at, 2, false, declared_by_id FROM declaration WHERE id = :former"""
STRAY = """INSERT INTO worker (id, version, partner_id, nir_cipher, nir_index, nir_mask, birth_name, given_names, sort_key, birth_date, matricule, paying_id, entered_on, aah_beneficiary, person_id)
SELECT 'wrk_stray', 1, partner_id, :cipher, :index, :mask, 'Brouillon', 'Inès', 'brouillon ines', birth_date, '2000000', 'org_921', entered_on, true, 'wrk_stray' FROM worker WHERE id = :known"""
NUMBER = "INSERT INTO worker_number (partner_id, nir_index, worker_id, since) SELECT partner_id, nir_index, id, entered_on FROM worker WHERE id = 'wrk_stray'"
LINE = """INSERT INTO declaration_line (id, version, partner_id, establishment_id, declaration_id, worker_id, person_id, paying_id, deposited, position, client_reference, matricule, entered_on, rate, net_remuneration, dual_activity, drafted, changed_sequence)
SELECT :id, 1, partner_id, establishment_id, 'dec_old', :worker, :worker, :payer, false, :position, :reference, '2000000', entered_on, 8000, 111232, false, :drafted, 3 FROM declaration_line WHERE id = :known"""
WORDS = '{"birth_name":"Brouillon","used_name":null,"given_names":"Inès","birth_date":"1985-05-27","aah_beneficiary":true,"dual_activity_until":null,"paying_organism_changed":null}'
SEEN = """{ declarations(status: DRAFT) { nodes { siret baseSequence lineCount draftLines { nodes {
  id origin clientReference nir cells { field text } worker { id } } } } } }"""


async def _draft_of_before(world: World) -> None:
    """A draft as the step before kept it: two lines, one of a person whom nothing else knows."""
    number = Nir.read("285057599912372")
    vault = fictional_vault()
    (known,) = await rows(
        world.database,
        f"SELECT l.id, l.worker_id, l.declaration_id FROM declaration_line l JOIN declaration d ON d.id = l.declaration_id WHERE d.siret = '{CANAL}' ORDER BY l.id LIMIT 1",  # noqa: S608 our own word
    )
    secret = {"cipher": vault.seal(number, "wrk_stray"), "index": vault.index(number), "mask": number.mask}  # fmt: skip
    line = {"known": known["id"], "drafted": WORDS}
    async with world.database.writer.connect() as connection:
        for statement, binds in (
            (DRAFT, {"former": known["declaration_id"]}),
            (STRAY, secret | {"known": known["worker_id"]}),
            (NUMBER, {}),
            (LINE, line | {"id": "lin_old0", "worker": known["worker_id"], "payer": "org_751", "position": 0, "reference": "B0"}),
            (LINE, line | {"id": "lin_old1", "worker": "wrk_stray", "payer": "org_921", "position": 1, "reference": "B1"}),
        ):  # fmt: skip
            await connection.execute(text(statement), binds)
        await connection.commit()


async def test_a_draft_of_before_keeps_its_lines_sealed_and_without_the_card_that_it_made(
    world: World,
) -> None:
    async with world.database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "0026"))
        await connection.commit()
    await _draft_of_before(world)
    cards = await rows(world.database, "SELECT id FROM worker ORDER BY id")
    with pytest.raises(VaultError, match="NIR_KEYS"):
        await migrate(world.database)

    await migrate(world.database, fictional_vault())

    delphine = Person(world, "declarante-canal")
    (draft,) = (await delphine.asks(SEEN))["declarations"]["nodes"]
    assert (draft["siret"], draft["baseSequence"], draft["lineCount"]) == (CANAL, 0, 2)
    known, stray = draft["draftLines"]["nodes"]
    assert (known["origin"], known["clientReference"]) == ("PUT", "B0")
    assert known["worker"] is not None
    assert (stray["id"], stray["worker"]) == ("drl_old1", None)
    assert {cell["field"]: cell["text"] for cell in stray["cells"]} == {
        "nir": "2 85 05 ** *** *** **", "clientReference": "B1", "birthName": "Brouillon", "givenNames": "Inès",
        "birthDate": "1985-05-27", "matricule": "2000000", "payingOrganism": "921", "enteredOn": stray_entry(stray),
        "rate": "80.00", "netRemuneration": "1112.32", "dualActivity": "non", "aahBeneficiary": "oui",
    }  # fmt: skip
    after = await rows(world.database, "SELECT id FROM worker ORDER BY id")
    assert after == [card for card in cards if card["id"] != "wrk_stray"]
    assert await rows(world.database, "SELECT id FROM declaration_line WHERE NOT deposited") == []  # fmt: skip


def stray_entry(line: dict[str, Any]) -> str:
    (entered,) = [c["text"] for c in line["cells"] if c["field"] == "enteredOn"]
    return date.fromisoformat(entered).isoformat()


async def test_to_go_down_loses_what_an_older_step_has_no_place_for(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    await Person(world, "jo").declares(**a_deposit(esat.partner.siret, "1", a_line(0), deposit=False))  # fmt: skip

    async with world.database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "0026"))
        await connection.commit()

    drafts = await rows(world.database, "SELECT id FROM declaration WHERE received_at IS NULL AND superseded_at IS NULL")  # fmt: skip
    assert drafts == []
    await migrate(world.database)
    assert await rows(world.database, "SELECT id FROM draft_line") == []
