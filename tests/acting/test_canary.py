"""A known number, name and amount sent through every path: in clear nowhere, neither logs, nor errors, nor the register."""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import text

from persistence.engine import Database
from persistence.intake.batches import BatchIntake
from persistence.intake.declared_lines import DeclarationRows
from persistence.records.nir import Nir
from tests import servers
from tests.conftest import Asker, Running, World
from tests.journeys.payroll import a_line
from tests.journeys.story import TODAY, Person

NIR = Nir.read("2680175999777").reveal()
BARE = NIR[:13]
SPACED = (
    f"{NIR[:1]} {NIR[1:3]} {NIR[3:5]} {NIR[5:7]} {NIR[7:10]} {NIR[10:13]} {NIR[13:]}"
)
WRONG = f"{BARE}{(int(NIR[13:]) + 1) % 97:02}"
NAME, AMOUNT, CENTS = "Zyglobrane", "1187,43", "118743"
FORMS = (NIR, BARE, WRONG, SPACED, SPACED[:-3], SPACED.replace(" ", "."), SPACED.replace(" ", "-"), SPACED.replace(" ", "\u00a0"))  # fmt: skip
WHO, SIRET, CANAL = "declarante-canal", "99990001200025", "ptr_99990001200025"
OWN = {
    "worker": {"birth_name", "sort_key"},
    "declaration_line": {"net_remuneration", "words"},
}
"""Where a name and an amount belong; a number belongs nowhere in clear."""
DECLARE = "mutation($input: RemunerationsDeclareInput!) { act: remunerationsDeclare(input: $input) { batch { id rejected } errors { code message path } warnings { code message path } } }"
THE_LINE = a_line(
    1, "921", nir=NIR, birthName=NAME, netRemuneration=AMOUNT, birthDate="27/01/1968"
)


def test_the_canary_is_heard_in_whatever_way_it_is_said() -> None:
    for said in (
        *FORMS,
        quote(SPACED),
        f"x{NIR}y",
        f"a\n{SPACED[:-3]}\tb",
        NAME.lower(),
        CENTS,
        "1187.43",
        "1 187,43",
    ):
        assert said_in(f"… {said} …") is not None, said
    for other in ("1 68 01 75 999 777 90", f"ab{CENTS}", "zyglo", "185057599904209"):
        assert said_in(other) is None, other


def number_in(haystack: str) -> str | None:
    """The form of the number that a text holds, if any: as it is, or in any spacing, or as a URL spells it."""
    for way in (haystack, unquote(haystack)):
        bare = re.sub(r"[\s.\u00a0\u202f-]", "", way)
        found = next(
            (form for form in (BARE, *FORMS) if form in way),
            BARE if BARE in bare else None,
        )
        if found is not None:
            return found
    return None


def said_in(haystack: str) -> str | None:
    """The number, the name or the amount, in whatever way a text says it."""
    amount = re.search(rf"(?<![0-9a-f])({CENTS}|1 ?187[.,]43)(?![0-9a-f])", haystack)
    name = re.search(NAME, haystack, re.IGNORECASE)
    return number_in(haystack) or (amount and amount[0]) or (name and name[0])


def deposit(key: str, *lines: Mapping[str, object], **more: object) -> dict[str, Any]:
    known = {"establishment": {"siret": SIRET}, "campaignYear": 2026, "deposit": True, "mode": "ACCEPT_VALID", "idempotencyKey": key, "lines": list(lines)}  # fmt: skip
    return known | more


class Heard:
    """What was answered to anybody."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.answers: list[str] = []

    async def post(self, query: str, variables: object = None, who: str = WHO) -> Any:  # noqa: ANN401 JSON
        answer = await self.asker.post(who, query, variables)  # type: ignore[arg-type]
        self.answers.append(f"{answer.headers} {answer.text}")
        return answer.json()

    async def act(self, name: str, values: Mapping[str, object], who: str = WHO) -> Any:  # noqa: ANN401 JSON
        kind = name[0].upper() + name[1:] + "Input!"
        query = f"mutation($input: {kind}) {{ act: {name}(input: $input) {{ errors {{ code message path }} warnings {{ code message path }} }} }}"
        return (await self.post(query, {"input": values}, who))["data"]["act"]

    async def raw(
        self,
        path: str = "/graphql",
        content: bytes = b"{}",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        known = {
            "Authorization": f"Bearer {self.asker.issuer.issue(WHO)}",
            "Content-Type": "application/json",
        }
        answer = await self.asker.client.post(
            path, content=content, headers={**known, **(headers or {})}
        )
        self.answers.append(f"{answer.headers} {answer.text}")

    def holds_nothing(self) -> None:
        assert len(self.answers) > 20
        for answer in self.answers:
            assert said_in(answer) is None, answer[:600]


CELLS = ("clientReference", "usedName", "givenNames", "birthDate", "matricule", "payingOrganism", "siret", "enteredOn", "rate", "netAid", "esatShare", "noPayReason", "dualActivity", "dualActivitySince", "dualActivityHours", "dualActivityEmployer", "aahBeneficiary", "referenceMonth", "confirmation", "comment")  # fmt: skip


async def every_path(heard: Heard) -> None:
    """The number, the name and the amount, wherever a caller may put them."""
    await _documents(heard)
    await _variables(heard)
    await _http(heard)
    await _lines(heard)
    await _texts(heard)


async def _documents(heard: Heard) -> None:
    for form in FORMS:
        await heard.post(f'{{ partner(by: {{siret: "{form}" ')
        await heard.post(
            f'{{ partner(by: {{id: "x", siret: {form.replace(" ", "")}}}) {{ id }} }}'
        )
        await heard.post(f'{{ partners(first: "{form}") {{ nodes {{ id }} }} }}')
        await heard.post(
            f'{{ partner(by: {{siret: "{form}"}}) {{ id }} node(id: "{form}") {{ id }} }}'
        )
        await heard.post(
            f'{{ workers(search: "{NAME}", first: 1, after: "{form}") {{ nodes {{ id }} }} }}'
        )
        await heard.post(
            f'mutation {{ remunerationsDeclare(input: {{establishment: {{siret: "{SIRET}"}}, campaignYear: "{form}", deposit: "{NAME}", lines: [{{netAid: "{AMOUNT}"}}]}}) {{ replayed }} }}'
        )
        await heard.post(f"{{ viewer {{ user {{ id }} }} }} # {form} {NAME} {AMOUNT}")
        await heard.post(f'"""{form}""" {{ viewer }}')


async def _variables(heard: Heard) -> None:
    for value in (NIR, [NIR], {NIR: NAME}, {"nir": [NIR]}, int(NIR), AMOUNT, NAME):
        await heard.post(
            "query($n: Int!) { partners(first: $n) { nodes { id } } }", {"n": value}
        )
        await heard.post(
            "query($n: Date) { conventions(first: 1) { nodes { id } } }", {"n": value}
        )
        await heard.post(DECLARE, {"input": value})
        await heard.post(DECLARE, {"input": deposit("k", {"nir": {"a": value}})})
        await heard.post(DECLARE, {"input": deposit("k", {NIR: value, NAME: 1})})
        await heard.post(DECLARE, {"input": deposit("k") | {"mode": value}})
        await heard.post("{ viewer { user { id } } }", {NIR: value})
    await heard.post("query A { viewer { user { id } } }", {}, who=f"{NIR}")
    body = f'{{"query": "{{ viewer {{ user {{ id }} }} }}", "operationName": "{NIR}", "extensions": "{NAME}"}}'
    await heard.raw(content=body.encode())
    await heard.raw(content=body.replace('"extensions"', '"x"').encode())


async def _http(heard: Heard) -> None:
    await heard.raw(content=f'{{"query": "{NIR} {NAME} {AMOUNT}'.encode())
    await heard.raw(content=f"{NIR} \xe9 {NAME}".encode("latin-1"))
    await heard.raw(f"/graphql?nir={NIR}&name={NAME}")
    await heard.raw(f"/{quote(SPACED)}/{NAME}")
    await heard.raw(f"/graphql/{NIR}")
    for header in ("Content-Type", "Accept", "X-Request-Id", "User-Agent", "Cookie", "Origin", "traceparent", "Idempotency-Key"):  # fmt: skip
        await heard.raw(headers={header: f"nir={SPACED}; name={NAME}"})
    await heard.raw(headers={"Authorization": f"Bearer {NIR}"})
    await heard.raw(headers={"Authorization": f"Basic {NAME}.{NIR}.{NIR}"})


async def _lines(heard: Heard) -> None:
    """Every cell of a line that holds what another should; a key that is wrong; a line twice; a card of another."""
    spoiled = [a_line(100 + i, **{cell: SPACED}) for i, cell in enumerate(CELLS)]
    spoiled[0] |= {
        "nir": NIR
    }  # a reference is opaque, except of a number of its own batch
    for key, lines in {
        "cells": [line | {"birthName": NAME, "netRemuneration": AMOUNT} for line in spoiled],
        "wrong": [THE_LINE | {"nir": WRONG}, THE_LINE | {"nir": f"{NIR}0"}, THE_LINE | {"nir": f"x{NIR}"}, THE_LINE | {"birthName": NIR}],
        "twice": [THE_LINE, THE_LINE | {"nir": SPACED}],
        "above": [THE_LINE | {"netRemuneration": f"9{AMOUNT}", "netAid": f"9{AMOUNT}"}],
    }.items():  # fmt: skip
        told = (
            await heard.post(DECLARE, {"input": deposit(key, *lines, deposit=False)})
        )["data"]["act"]
        assert told["batch"]["rejected"] == len(lines), key
        held = deposit(f"{key}-held", *lines, mode="ALL_OR_NOTHING")
        assert (await heard.post(DECLARE, {"input": held}))["data"]["act"]["batch"][
            "rejected"
        ] == len(lines)
    drafts = (await heard.asker.ask(WHO, "{ declarations(status: DRAFT) { nodes { id siret } } }"))["declarations"]["nodes"]  # fmt: skip
    (draft,) = [one["id"] for one in drafts if one["siret"] == SIRET]
    assert (await heard.act("draftDiscard", {"declarationId": draft}))["errors"] == []
    for key, more in {
        "tried": {"dryRun": True},
        "draft": {"deposit": False},
        "good": {},
    }.items():
        told = (await heard.post(DECLARE, {"input": deposit(key, THE_LINE, **more)}))[
            "data"
        ]["act"]
        assert told["errors"] == [], key
    other = THE_LINE | {"birthName": "Autre", "birthDate": "01/02/1990"}
    told = (
        await heard.post(
            DECLARE, {"input": deposit("other", other, mode="ALL_OR_NOTHING")}
        )
    )["data"]["act"]
    assert [e["code"] for e in told["errors"]] == ["BATCH_HELD", "WORKER_MISMATCH"]
    changes = [
        {"nir": NIR, "kind": SPACED, "effectiveOn": NIR, "comment": SPACED}, {"workerId": NIR, "kind": "DEPARTURE", "effectiveOn": TODAY, "departureReason": SPACED},
        {"nir": WRONG, "kind": "RATE_DECREASE", "effectiveOn": TODAY, "rate": NIR}, {"nir": NIR, "kind": "RATE_DECREASE", "effectiveOn": TODAY, "rate": "50"},
    ]  # fmt: skip
    told = await heard.act(
        "activityChangesDeclare",
        {
            "establishment": {"siret": SIRET},
            "idempotencyKey": "changes",
            "lines": changes,
        },
    )
    assert {e["path"][2] for e in told["errors"]} == {"0", "1", "2"}


async def _texts(heard: Heard) -> None:
    """A key, a reason, a comment, a name of a group, a motive of the Caf, a client's name."""
    seen = (await heard.asker.ask(WHO, "query($p: ID!) { workers(partnerId: $p, search: $s) { nodes { id lines { nodes { id } } } } }".replace("$p: ID!", "$p: ID!, $s: String!"), p=CANAL, s=NAME))["workers"]["nodes"]  # fmt: skip
    (worker,) = seen
    access = (await heard.asker.ask("agent-paris", "query($p: ID!) { partner(by: {id: $p}) { services { id service { code } } } }", p=CANAL))["partner"]["services"][0]["id"]  # fmt: skip
    client = {
        "issuer": "https://i.invalid",
        "subject": "s",
        "name": "Paie",
        "email": "a@b.invalid",
    }
    for key in (NIR, SPACED, BARE):  # a key is opaque
        assert (
            await heard.act(
                "remunerationsDeclare", deposit(key, THE_LINE, deposit=False)
            )
        )["errors"] == []
    for form in (NIR, SPACED, SPACED[:-3]):
        for act, values, who in (
            ("remunerationsDeclare", deposit("k", reason=f"voir {form}"), WHO),
            ("activityChangesDeclare", {"establishment": {"siret": form}, "idempotencyKey": "k", "lines": []}, WHO),
            ("activityChangesDeclare", {"establishment": {"id": form}, "idempotencyKey": "k", "lines": []}, WHO),
            ("groupCreate", {"accessId": access, "name": f"Groupe {form}"}, "gestionnaire-canal"),
            ("userInvite", {"partnerId": CANAL, "person": {"givenName": "A", "familyName": form, "email": f"{form}@x.invalid"}}, "gestionnaire-canal"),
            ("mandateGrant", {"partnerId": CANAL, "client": client | {"subject": form}}, "gestionnaire-canal"),
            ("mandateGrant", {"partnerId": CANAL, "client": client | {"name": f"Paie {form}"}}, "gestionnaire-canal"),
            ("workerNirReveal", {"workerId": worker["id"], "reason": f"de {form}"}, WHO),
            ("workerNirReveal", {"workerId": form, "reason": "x"}, WHO),
            ("remunerationsProcess", {"lineIds": [form], "outcome": "RETURNED", "processingReason": "x"}, "agent-hauts-de-seine"),
            ("remunerationsProcess", {"lineIds": [worker["lines"]["nodes"][0]["id"]], "outcome": "RETURNED", "processingReason": f"de {form}"}, "agent-hauts-de-seine"),
            ("partnerRegister", {"siret": form, "name": form, "kind": "ESAT", "organismId": "org_751"}, "agent-paris"),
        ):  # fmt: skip
            assert (await heard.act(act, values, who))["errors"], (act, form)
    assert (await heard.act("remunerationsProcess", {"lineIds": [worker["lines"]["nodes"][0]["id"]], "outcome": "NOT_BENEFICIARY", "processingReason": "Inconnue"}, "agent-hauts-de-seine"))["errors"] == []  # fmt: skip
    # the one path that shows it: what it answers is not kept, and what it leaves behind is looked at like the rest
    shown = await Person(heard.asker, WHO).does(
        "workerNirReveal", "nir", workerId=worker["id"], reason="Homonymie"
    )
    assert shown["nir"] == NIR


# the register, read whole


async def nothing_in_clear(database: Database) -> None:
    """Every cell of every table, and the file itself; the name and the amount where they belong, and nowhere else."""
    belonging = set()
    for table, rows_ in (await _dumped(database)).items():
        for row in rows_:
            for column, value in row.items():
                cell = _text(value)
                assert number_in(cell) is None, (table, column)
                if said_in(cell) is not None:
                    assert column in OWN.get(table, ()), (table, column)
                    belonging.add((table, column))
    assert belonging == {
        (table, column) for table, columns in OWN.items() for column in columns
    }
    if database.dialect == "sqlite":
        file = Path(str(database.url.database))
        kept = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        assert NAME.encode() in kept  # it is the right file
        assert [form for form in FORMS if form.encode() in kept] == []


async def _dumped(database: Database) -> dict[str, list[dict[str, Any]]]:
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[database.dialect]
    async with database.reader.connect() as connection:
        tables = [row[0] for row in await connection.execute(text(names))]
        assert {
            "worker",
            "declaration_line",
            "batch_result",
            "journal",
            "idempotency",
        } < set(tables)
        return {
            t: [
                dict(r)
                for r in (
                    await connection.execute(text(f'SELECT * FROM "{t}"'))  # noqa: S608 its own words
                ).mappings()
            ]
            for t in tables
        }


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def test_a_known_number_is_in_clear_in_no_log_no_error_and_no_table(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(world)
    with everything_logged(caplog):
        await every_path(heard)
        await _defects(heard, monkeypatch)

    heard.holds_nothing()
    told = [
        r for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))
    ]  # the caller's own
    assert [
        r
        for r in told
        if r.name == "server.graph_answers" and "defect" in r.getMessage()
    ]
    assert [
        r
        for r in told
        if r.name == "resolvers.acting.performing" and "refused" in r.getMessage()
    ]
    formatter = logging.Formatter()
    for record in told:
        written = f"{record.name} {formatter.format(record)} {record.args!r}"
        assert said_in(written) is None, written[:600]
    await nothing_in_clear(world.database)


QUIET = ("aiosqlite", "sqlalchemy")
"""At DEBUG they write the values of every statement and every row: the engine holds the one above DEBUG, the other is
above it by its own default, and no setting of ours lowers them."""


@contextmanager
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Every logger that exists at its most talkative."""
    known = [n for n in logging.root.manager.loggerDict if not n.startswith(QUIET)]
    for name in (None, *known):
        caplog.set_level(logging.DEBUG, name)
    yield


async def _defects(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails inside, in the middle of it all, with a text that holds everything."""

    async def breaks(*_: object) -> None:
        raise RuntimeError(f"{NIR} {SPACED} {NAME} {AMOUNT}")

    async def knows_no_card(self: BatchIntake, lines: Any) -> Any:  # noqa: ANN401 as the method
        found = await known(self, lines)
        return type(found)(found.indexes, {}, {})

    known = BatchIntake.cards
    for patched, name, does in ((DeclarationRows, "write", breaks), (BatchIntake, "cards", breaks), (BatchIntake, "cards", knows_no_card)):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(patched, name, does)
            body = await heard.post(
                DECLARE,
                {
                    "input": deposit(
                        "defect", THE_LINE | {"comment": "x", "aahBeneficiary": "oui"}
                    )
                },
            )
        assert body["errors"][0]["extensions"] == {"code": "INTERNAL"}, name


async def test_a_server_writes_no_number_to_its_output_nor_the_command_line_to_its_own(
    serve: Any,  # noqa: ANN401 a starter
    database: Database,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    issuer_file: Path,
) -> None:
    running: Running = await serve()
    heard = Heard(running)

    await every_path(heard)
    for told in (_sent(running, tmp_path, issuer_file, export) for export in EXPORTS):
        heard.answers.append(told)

    heard.holds_nothing()
    written = "".join(capfd.readouterr())
    assert (
        "refused remunerationsDeclare NIR_IN_TEXT in request" in written
    )  # it is the right output
    assert said_in(written) is None, written[-2000:]
    await nothing_in_clear(database)


HEAD = "Référence;Numéro sécurité sociale;Nom de naissance;Prénom;Date de naissance;Matricule;Caf;SIRET;Entrée;Taux;Rémunération nette;Aide nette;Part;Cumul"
GOOD = f"P1;{NIR};{NAME};Ariel;27/01/1968;1000001;921;{SIRET};28/06/2015;100;{AMOUNT};833,01;17;N"
EXPORTS = (
    f"{HEAD}\n{GOOD}\n",
    f"{HEAD}\n{GOOD.replace('P1;', f'{SPACED};')}\n{GOOD.replace(';100;', f';{NIR};')}\n",
    f"{HEAD}\n{GOOD.replace(';1000001;', f';{SPACED};')}\n{GOOD.replace(';27/01/1968;', f';{NIR};')}\n",
    f"{HEAD}\n{GOOD};{NIR}\n",
    f"{HEAD}\n{GOOD.replace(NAME, NIR)}\n",
    f"{HEAD};NIR\n{GOOD};{NIR}\n",
    f"{GOOD}\n{GOOD}\n",
    f'{HEAD}\n{GOOD}\nP2;"{NIR};{NAME}\n',
)
"""Columns that hold what another should, a cell too many, a column twice, no header, a quotation mark too many."""


def _sent(running: Running, folder: Path, key: Path, export: str) -> str:
    """What `habilitations lines --send` prints."""
    file = folder / "paie.csv"
    file.write_text(export, encoding="utf-8")
    words = [str(file), "--campaign", "2026", "--accept-valid", "--siret", SIRET, "--send", f"{running.url}/graphql", "--as", WHO]  # fmt: skip
    ended = servers.run(["lines", *words], {**os.environ, "DEMO_KEY": str(key)})
    assert ended.code in (0, 1, 2), ended.errors
    assert b"Traceback" not in ended.errors
    return f"{ended.output.decode()} {ended.errors.decode()}"
