"""What is kept of each roster is what the lines, stays and answers of the register say, whatever was done (R17, A21)."""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

import pytest

from persistence.records import ChangeKind, DepartureReason
from persistence.records.life import Event, life
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_temporary_nir
from tests.journeys.story import TODAY
from tests.reading.declared_story import ARGENTEUIL, CANAL, SEINE, last_year

from .ledger import rows

DECLARANTS = {CANAL: "declarante-canal", SEINE: "declarante-seine"}
PAYERS = {"org_751": "agent-paris", "org_921": "agent-hauts-de-seine"}
ROUNDS = 5
IN_FORCE = "d.received_at IS NOT NULL AND d.superseded_at IS NULL"
LINES = f"""SELECT l.id, l.worker_id, l.paying_id, l.processing, d.establishment_id, e.siret, c.year
  FROM declaration_line l JOIN declaration d ON d.id = l.declaration_id JOIN campaign c ON c.id = d.campaign_id
  JOIN establishment e ON e.id = d.establishment_id WHERE {IN_FORCE} ORDER BY l.id"""  # noqa: S608 our own words
ENTRIES = """SELECT worker_id, establishment_id, effective_on, received_at FROM activity_change
  WHERE kind = 'ADMISSION' AND ended_at IS NULL"""
IS_TEMPORARY = "w.nir_mask LIKE '7 85 05%' AND w.matricule LIKE '100000_' AND w.merged_into_id IS NULL"
DRAFTS = """SELECT establishment_id, campaign_id FROM declaration
  WHERE received_at IS NULL AND superseded_at IS NULL"""
Row: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]


# the roster, counted without the select that counts it


class Facts:
    """The rows of the register that a roster is made of."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        person = {r["id"]: r["merged_into_id"] or r["id"] for r in tables["worker"]}
        self.lines = {(r["establishment_id"], person[r["worker_id"]], r["year"]): r for r in tables["line"]}  # fmt: skip
        self.stays = tables["worker_stay"]
        self.entries = {(person[r["worker_id"]], r["establishment_id"], r["effective_on"]): r["received_at"] for r in tables["entry"]}  # fmt: skip
        self.beneficiaries = {r["id"] for r in tables["worker"] if r["aah_beneficiary"]}
        self.answers = {(r["establishment_id"], r["campaign_id"], r["worker_id"]) for r in tables["beneficiary_answer"] if r["answer"] != "NONE"}  # fmt: skip
        self.drafts = {(r["establishment_id"], r["campaign_id"]) for r in tables["draft"]}  # fmt: skip

    def counts(self, place: Row, campaign: Row) -> Row:
        year, here = campaign["year"], place["id"]
        declared = self._declared(here, year)
        lines = [self.lines[here, worker, year] for worker in declared]
        missing: set[str] = set()
        if place["ended_on"] is None or place["ended_on"] > campaign["reference_ends_on"]:  # fmt: skip
            others = self._declared(here, year - 1) | self._present(here, campaign)
            missing = {w for w in others - declared if self._is_missing(w, here, campaign)}  # fmt: skip
        return {
            "expected": len(declared) + len(missing),
            "missing": len(missing),
            "returned": sum(line["processing"] == "RETURNED" for line in lines),
            "pending": sum(line["processing"] is None for line in lines),
            "draft": (here, campaign["id"]) in self.drafts,
        }

    def _declared(self, here: str, year: int) -> set[str]:
        return {w for place, w, of in self.lines if (place, of) == (here, year)}

    def _touches(self, stay: Row, campaign: Row) -> bool:
        has_come = stay["starts_on"] < campaign["reference_ends_on"]
        return has_come and (stay["ends_on"] is None or stay["ends_on"] > campaign["reference_starts_on"])  # fmt: skip

    def _present(self, here: str, campaign: Row) -> set[str]:
        return {
            stay["worker_id"]
            for stay in self.stays
            if stay["establishment_id"] == here
            and self._touches(stay, campaign)
            and self.entries[stay["worker_id"], here, stay["starts_on"]]
            < campaign["closes_at"]
        }

    def _is_missing(self, worker: str, here: str, campaign: Row) -> bool:
        stays = [s for s in self.stays if (s["worker_id"], s["establishment_id"]) == (worker, here)]  # fmt: skip
        is_away = stays and not any(self._touches(s, campaign) for s in stays)
        is_elsewhere = any((w, of) == (worker, campaign["year"]) for _, w, of in self.lines)  # fmt: skip
        is_answered = (here, campaign["id"], worker) in self.answers
        return worker in self.beneficiaries and not (is_away or is_elsewhere or is_answered)  # fmt: skip


async def what_differs(world: World) -> dict[Key, tuple[Row, Row]]:
    """Of each row that is kept and is not true: what it says, and what it should say."""
    tables = {name: await rows(world.database, f"SELECT * FROM {name}") for name in ("worker_stay", "worker", "beneficiary_answer", "establishment", "campaign", "campaign_standing")}  # noqa: S608  # fmt: skip
    queries = (("line", LINES), ("entry", ENTRIES), ("draft", DRAFTS))
    facts = Facts(tables | {name: await rows(world.database, query) for name, query in queries})  # fmt: skip
    kept = {(r["establishment_id"], r["campaign_id"]): r for r in tables["campaign_standing"]}  # fmt: skip
    wrong = {}
    for place in tables["establishment"]:
        for campaign in tables["campaign"]:
            true = facts.counts(place, campaign)
            row = kept[place["id"], campaign["id"]]
            row["draft"] = row["draft_since"] is not None
            if any(row[name] != value for name, value in true.items()):
                wrong[place["siret"], campaign["id"]] = ({name: row[name] for name in true}, true)  # fmt: skip
    return wrong


# the lives, computed again from the events of all the cards of a person

EVENTS = """SELECT person_id, establishment_id, id, kind, effective_on, rate_after, departure_reason, weekly_hours, employer_siret
  FROM activity_change WHERE ended_at IS NULL"""
SPANS = {"stays": ("worker_stay", "ends_on"), "rates": ("worker_rate", "rate"), "dual_activities": ("dual_activity", "ends_on")}  # fmt: skip


async def lives_that_differ(world: World) -> list[Key]:
    """The persons and places whose spans are not those of their events; no life is a contradiction."""
    events: dict[Key, list[Event]] = defaultdict(list)
    for row in await rows(world.database, EVENTS):
        reason = row["departure_reason"] and DepartureReason(row["departure_reason"])
        event = Event(row["id"], ChangeKind(row["kind"]), _day(row["effective_on"]), "", row["rate_after"], reason, row["weekly_hours"], row["employer_siret"])  # fmt: skip
        events[row["person_id"], row["establishment_id"]].append(event)
    lives = {key: life(some) for key, some in events.items()}
    wrong = []
    for name, (table, column) in SPANS.items():
        spans: dict[Key, list[tuple[Any, ...]]] = defaultdict(list)
        for row in await rows(world.database, f"SELECT * FROM {table} ORDER BY starts_on"):  # noqa: S608 our own words  # fmt: skip
            last = row[column] if column == "rate" else _day(row[column])
            spans[row["worker_id"], row["establishment_id"]].append((_day(row["starts_on"]), last))  # fmt: skip
        for key in events.keys() | spans.keys():
            true = [span[:2] for span in getattr(lives.get(key), name, [])]
            if [tuple(span) for span in true] != spans[key]:
                wrong.append(key)
    return wrong


def _day(value: Any) -> Any:  # noqa: ANN401 of one database or the other
    return date.fromisoformat(str(value)[:10]) if value else None


# random acts


class Story:
    """Acts that somebody may do at the Canal, each drawn among what is there."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)  # noqa: S311 a story
        self.keys = iter(range(1000))

    def siret(self) -> str:
        return self.dice.choice([CANAL, CANAL, SEINE])

    async def act(self, who: str, name: str, /, **values: object) -> list[Row]:
        """The errors of an act."""
        return (await self.world.act(who, name, **values))["errors"]  # type: ignore[no-any-return]

    async def choose(self, query: str, **binds: object) -> Row:
        return self.dice.choice(await rows(self.world.database, query, **binds))

    async def _declare(self, *others: Row, **more: object) -> list[Row]:
        siret = self.siret()
        lines = self.dice.sample(last_year()[siret], self.dice.randint(1, 3))
        lines += others or [a_line(self.dice.randint(0, 3), "921")]
        sent = a_deposit(siret, f"{next(self.keys)}", *lines, reason="Un essai", **more)
        errors = await self.act(DECLARANTS[siret], "remunerationsDeclare", **sent)
        codes = [error["code"] for error in errors]
        if "REMOVALS_UNACKNOWLEDGED" not in codes:
            return errors
        count = int(errors[codes.index("REMOVALS_UNACKNOWLEDGED")]["message"].rstrip(".").rpartition(" ")[2])  # fmt: skip
        sent |= {"acknowledgeRemovals": count, "idempotencyKey": f"{next(self.keys)}"}
        return await self.act(DECLARANTS[siret], "remunerationsDeclare", **sent)

    async def deposit(self) -> list[Row]:
        return await self._declare()

    async def prepare(self) -> list[Row]:
        return await self._declare(deposit=False)

    async def correct(self) -> list[Row]:
        query = f"SELECT d.id, e.siret FROM declaration d JOIN establishment e ON e.id = d.establishment_id WHERE {IN_FORCE} AND d.campaign_id = 'cmp_2026' AND e.siret IN (:canal, :seine) ORDER BY d.id"  # noqa: S608 our own words
        made = await self.choose(query, canal=CANAL, seine=SEINE)
        put = [self.dice.choice(last_year()[made["siret"]]), a_line(self.dice.randint(0, 3), "921")]  # fmt: skip
        query = "SELECT id FROM declaration_line WHERE declaration_id = :d ORDER BY id"
        gone = await self.choose(query, d=made["id"])
        return await self.act(DECLARANTS[made["siret"]], "remunerationsCorrect", declarationId=made["id"], mode="ACCEPT_VALID", put=put, remove=[{"lineId": gone["id"]}], reason="Un essai", idempotencyKey=f"{next(self.keys)}")  # fmt: skip

    async def _draft(self, act: str, **values: object) -> list[Row]:
        query = "SELECT d.id, e.siret FROM declaration d JOIN establishment e ON e.id = d.establishment_id WHERE d.received_at IS NULL AND d.superseded_at IS NULL ORDER BY d.id"
        draft = await self.choose(query)
        return await self.act(DECLARANTS[draft["siret"]], act, declarationId=draft["id"], **values)  # fmt: skip

    async def open(self) -> list[Row]:
        siret = self.siret()
        values = {"establishment": {"siret": siret}, "campaignYear": 2026, "source": self.dice.choice(["EMPTY", "LAST_YEAR"])}  # fmt: skip
        return await self.act(DECLARANTS[siret], "draftOpen", **values)

    async def remove(self) -> list[Row]:
        return await self._draft("draftLinesRemove", lines=[])

    async def discard(self) -> list[Row]:
        return await self._draft("draftDiscard")

    async def deposit_draft(self) -> list[Row]:
        query = "SELECT e.siret FROM declaration d JOIN establishment e ON e.id = d.establishment_id WHERE d.received_at IS NULL AND d.superseded_at IS NULL ORDER BY d.id"
        siret = (await self.choose(query))["siret"]
        sent = a_deposit(siret, f"{next(self.keys)}", reason="Un essai") | {"lines": None}  # fmt: skip
        errors = await self.act(DECLARANTS[siret], "remunerationsDeclare", **sent)
        codes = [error["code"] for error in errors]
        for code, name in (("SEQUENCE_MOVED", "expectedSequence"), ("REMOVALS_UNACKNOWLEDGED", "acknowledgeRemovals")):  # fmt: skip
            if code in codes:
                sent[name] = int(errors[codes.index(code)]["message"].rstrip(".").rpartition(" ")[2])  # fmt: skip
                sent["idempotencyKey"] = f"{next(self.keys)}"
                errors = await self.act(DECLARANTS[siret], "remunerationsDeclare", **sent)  # fmt: skip
                codes = [error["code"] for error in errors]
        return errors

    async def _change(self, where: str = "", /, **words: object) -> list[Row]:
        siret = self.siret()
        query = f"SELECT s.worker_id FROM worker_stay s JOIN establishment e ON e.id = s.establishment_id WHERE e.siret = :siret{where} ORDER BY s.worker_id, s.starts_on"  # noqa: S608 our own words
        line = {"workerId": (await self.choose(query, siret=siret))["worker_id"]}
        sent = {"establishment": {"siret": siret}, "idempotencyKey": f"{next(self.keys)}", "lines": [line | words]}  # fmt: skip
        return await self.act(DECLARANTS[siret], "activityChangesDeclare", **sent)

    async def depart(self) -> list[Row]:
        day = self.dice.choice(["2026-03-10", "2026-10-31", "2026-11-01", "2026-12-05"])
        return await self._change(kind="DEPARTURE", effectiveOn=day, departureReason="MOVE")  # fmt: skip

    async def come_back(self) -> list[Row]:
        day = self.dice.choice(["2026-11-15", "2026-12-06"])
        return await self._change(
            " AND s.ends_on IS NOT NULL", kind="ADMISSION", effectiveOn=day, rate="80"
        )

    async def cancel(self) -> list[Row]:
        query = "SELECT c.id, e.siret FROM activity_change c JOIN establishment e ON e.id = c.establishment_id WHERE c.source = 'CHANGE' AND c.act = 'DECLARED' AND c.ended_at IS NULL AND c.processing IS NULL AND e.siret IN (:canal, :seine) ORDER BY c.id"
        change = await self.choose(query, canal=CANAL, seine=SEINE)
        return await self.act(DECLARANTS[change["siret"]], "activityChangeCancel", changeId=change["id"], idempotencyKey=f"{next(self.keys)}")  # fmt: skip

    async def treat_change(self) -> list[Row]:
        query = "SELECT id, paying_id FROM activity_change WHERE source = 'CHANGE' AND processing IS NULL AND paying_id IN ('org_751', 'org_921') ORDER BY id"
        change = await self.choose(query)
        return await self.act(PAYERS[change["paying_id"]], "activityChangesProcess", changeIds=[change["id"]], **self._outcome())  # fmt: skip

    def _outcome(self) -> Row:
        outcome = self.dice.choice(["TAKEN_INTO_ACCOUNT", "NOT_BENEFICIARY", "RETURNED"])  # fmt: skip
        is_done = outcome == "TAKEN_INTO_ACCOUNT"
        return {"outcome": outcome, "processingReason": None if is_done else "Vu"}

    async def treat(self) -> list[Row]:
        lines = [line for line in await rows(self.world.database, LINES) if line["year"] == 2026 and line["paying_id"] in PAYERS]  # fmt: skip
        line = self.dice.choice(lines)
        return await self.act(PAYERS[line["paying_id"]], "remunerationsProcess", lineIds=[line["id"]], **self._outcome())  # fmt: skip

    async def reopen(self) -> list[Row]:
        query = f"SELECT t.id, t.paying_id FROM treatment t JOIN declaration_line l ON l.id = t.line_id JOIN declaration d ON d.id = l.declaration_id WHERE {IN_FORCE} AND d.campaign_id = 'cmp_2026' AND l.processing IS NOT NULL AND t.outcome <> 'REOPENED' ORDER BY t.id"  # noqa: S608 our own words
        treatment = await self.choose(query)
        return await self.act(PAYERS[treatment["paying_id"]], "treatmentsReopen", treatmentIds=[treatment["id"]], reason="Trop tôt")  # fmt: skip

    async def answer(self) -> list[Row]:
        siret = self.siret()
        query = "SELECT s.worker_id, e.id FROM worker_stay s JOIN establishment e ON e.id = s.establishment_id WHERE e.siret = :siret ORDER BY s.worker_id, s.starts_on"
        stay = await self.choose(query, siret=siret)
        answer = self.dice.choice(["AAH_LOST", "PAID_BY_MSA", "NONE"])
        values = {"establishmentId": stay["id"], "campaignYear": 2026, "workerId": stay["worker_id"], "answer": answer}  # fmt: skip
        return await self.act(DECLARANTS[siret], "beneficiaryAnswer", **values)

    async def arrive(self) -> list[Row]:
        """Somebody enters under a temporary number."""
        siret, number = self.siret(), self.dice.randint(0, 3)
        words = a_line(number, "921")
        entry = {name: words[name] for name in ("birthName", "givenNames", "birthDate", "matricule", "payingOrganism")}  # fmt: skip
        line = entry | {"kind": "ADMISSION", "effectiveOn": "2026-02-02", "rate": "80", "nir": a_temporary_nir(number)}  # fmt: skip
        sent = {"establishment": {"siret": siret}, "idempotencyKey": f"{next(self.keys)}", "lines": [line]}  # fmt: skip
        return await self.act(DECLARANTS[siret], "activityChangesDeclare", **sent)

    async def replace_number(self) -> list[Row]:
        """A certificate says the true number of whoever had a temporary one."""
        query = f"SELECT w.matricule FROM worker w WHERE {IS_TEMPORARY} ORDER BY w.id"  # noqa: S608 our own words
        number = int((await self.choose(query))["matricule"]) - 1_000_000
        line = a_line(number, "921", formerNir=a_temporary_nir(number), enteredOn="02/02/2026")  # fmt: skip
        return await self._declare(line, mode="ACCEPT_VALID")

    async def merge(self) -> list[Row]:
        query = f"SELECT w.id, x.id AS into_id FROM worker w JOIN worker x ON x.partner_id = w.partner_id AND x.matricule = w.matricule AND x.id <> w.id AND x.merged_into_id IS NULL AND x.nir_mask LIKE '1%' WHERE {IS_TEMPORARY} ORDER BY w.id"  # noqa: S608 our own words
        pair = await self.choose(query)
        return await self.act("declarante-canal", "workerMerge", workerId=pair["id"], intoWorkerId=pair["into_id"], reason="Numéro reçu")  # fmt: skip

    async def correct_card(self) -> list[Row]:
        query = "SELECT DISTINCT worker_id FROM worker_stay s JOIN establishment e ON e.id = s.establishment_id WHERE e.siret = :siret ORDER BY worker_id"
        worker = (await self.choose(query, siret=CANAL))["worker_id"]
        caf = self.dice.choice(["751", "921"])
        return await self.act("declarante-canal", "workerUpdate", workerId=worker, payingOrganism=caf, payerChangeReason="Un essai")  # fmt: skip

    async def end(self) -> list[Row]:
        query = "SELECT id FROM establishment WHERE siret = :siret"
        place = await self.choose(query, siret=ARGENTEUIL)
        return await self.act("agent-cna", "establishmentEnd", establishmentId=place["id"], on=TODAY, endReason="Fermeture")  # fmt: skip


ACTS: tuple[Callable[[Story], Awaitable[list[Row]]], ...] = (
    Story.deposit,
    Story.prepare,
    Story.correct,
    Story.open,
    Story.remove,
    Story.deposit_draft,
    Story.discard,
    Story.depart,
    Story.come_back,
    Story.cancel,
    Story.treat_change,
    Story.treat,
    Story.reopen,
    Story.answer,
    Story.arrive,
    Story.replace_number,
    Story.merge,
    Story.correct_card,
)


@pytest.mark.both_databases
async def test_what_is_kept_is_true_after_any_act(world: World) -> None:
    story = Story(world, seed=11)
    assert await what_differs(world) == {}
    done = set()
    first = (Story.deposit, Story.depart, Story.treat)
    drawn = list(ACTS) * ROUNDS
    story.dice.shuffle(drawn)

    for act in (*first, *drawn, Story.end):
        try:
            errors = await act(story)
        except IndexError:  # there is nothing to draw from
            continue
        if not errors:
            done.add(act)
        assert await what_differs(world) == {}, (act.__name__, errors)
        assert await lives_that_differ(world) == [], (act.__name__, errors)

    assert done == {*ACTS, Story.end}
