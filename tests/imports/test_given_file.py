"""The extraction as the Cnaf might hand it: each of its 122 lines against an answer written by hand."""

import hashlib

from .sending import COUNTS, GIVEN, Desk

NEITHER = (6, 32, 43, 45, 62, 65, 79, 91, 96, 99, 111, 112)
INACTIVE = (8, 12, 15, 22, 24, 33, 39, 57, 58, 70, 76, 92, 105, 107, 108, 120, 123)
OTHERS: dict[int, tuple[str, list[str]]] = {
    4: ("CONFLICT", ["EXTRACT_INACTIVE", "EXTRACT_CONTRADICTION"]),
    5: ("UNCHANGED", ["EXTRACT_DUPLICATE"]),
    9: ("REJECTED", ["SIRET_KEY"]),
    10: ("REJECTED", ["SIRET_FORMAT"]),
    11: ("CONFLICT", ["EXTRACT_INACTIVE", "EXTRACT_CONTRADICTION"]),
    14: ("REJECTED", ["DEPARTMENT_EXCLUDED", "EXTRACT_CAF_UNKNOWN"]),
    17: ("REJECTED", ["EXTRACT_CAF_UNKNOWN"]),
    18: ("REJECTED", ["EXTRACT_FORMULA"]),
    20: ("NEW", ["CROSS_IS_YES"]),
    21: ("REJECTED", ["SIRET_FORMAT"]),
}
EXPECTED = (
    {number: ("NEW", list[str]()) for number in range(2, 124)}
    | {number: ("NEW", ["EXTRACT_NEITHER"]) for number in NEITHER}
    | {number: ("NEW", ["EXTRACT_INACTIVE"]) for number in INACTIVE}
    | OTHERS
)


async def test_each_line_of_the_given_file_is_previewed_as_written_by_hand(
    national: Desk,
) -> None:
    sent = await national.sends(GIVEN.read_bytes(), filename=GIVEN.name)

    lines = await national.lines(sent)
    found = {
        line["number"]: (line["outcome"], [r["code"] for r in line["reasons"]])
        for line in lines
    }
    assert found == EXPECTED
    seen = await national.sees(
        sent,
        f"{COUNTS} status digest media headerLine columns {{ header field }} ignoredColumns",
    )
    assert [seen[name] for name in COUNTS.split()] == [122, 113, 0, 1, 2, 6, 0, 115, 0]
    assert (seen["status"], seen["headerLine"]) == ("RECEIVED", 1)
    assert seen["digest"] == hashlib.sha256(GIVEN.read_bytes()).hexdigest()
    assert seen["ignoredColumns"] == ["Caf"]
    assert {c["header"]: c["field"] for c in seen["columns"]} == {
        "SIRET": "SIRET",
        "Raison sociale": "NAME",
        "Département": "DEPARTMENT",
        "Code Caf": "ORGANISM",
        "Connu MCP": "KNOWN_MCP",
        "Connu Habtiers": "KNOWN_HABTIERS",
        "Actif Habtiers": "ACTIVE",
        "Dernière connexion Habtiers": "LAST_SEEN_ON",
        "N° FINESS": "FINESS",
        "Courriel contact": "CONTACT",
    }


async def test_what_a_line_says_is_told_as_read(national: Desk) -> None:
    sent = await national.sends(GIVEN.read_bytes())

    lines = {line["number"]: line for line in await national.lines(sent)}

    assert (lines[7]["siret"], lines[7]["raw"]["SIRET"]) == (
        "99990102800012",
        "999 901 028 00012",
    )
    assert (
        lines[8]["siret"],
        lines[8]["department"],
        lines[8]["organism"]["code"],
    ) == ("99990102800020", "06", "061")
    assert lines[15]["siret"] == "35600000000048"
    assert lines[16]["name"] == "ESAT des Écluses"
    assert (lines[17]["organism"]["code"], lines[10]["organism"]["code"]) == (
        "CNAF",
        "471",
    )
    assert lines[18]["raw"]["Raison sociale"].startswith("=HYPERLINK")
    assert [lines[19][n] for n in ("knownMcp", "knownHabtiers", "active")] == [
        True,
        False,
        None,
    ]
    assert [lines[20][n] for n in ("knownMcp", "knownHabtiers", "active")] == [
        True,
        False,
        None,
    ]
    assert (lines[3]["lastSeenOn"], lines[3]["finess"]) == ("2023-02-02", "139901029")
    assert "Même contenu que la ligne 3." in lines[5]["reasons"][0]["message"]
    assert "Autres lignes : 11." in lines[4]["reasons"][1]["message"]


async def test_a_caf_takes_its_lines_and_the_same_file_then_says_nothing_new(
    national: Desk, hauts_de_seine: Desk
) -> None:
    sent = await national.sends(GIVEN.read_bytes())

    done = await hauts_de_seine.applies(sent)
    again = await national.sends(GIVEN.read_bytes())
    twice = await hauts_de_seine.applies(again)

    assert [done[n] for n in ("applied", "registered", "unchanged", "left")] == [
        2,
        1,
        0,
        0,
    ]  # lines 19 and 39
    assert [line["outcome"] for line in await hauts_de_seine.lines(again)] == [
        "UNCHANGED",
        "UNCHANGED",
    ]
    assert [twice[n] for n in ("applied", "registered", "unchanged", "left")] == [
        0,
        0,
        2,
        0,
    ]
    partner = (await hauts_de_seine.lines(sent))[0]["partner"]
    query = """query($id: ID!) { node(id: $id) { ... on Partner { siret name kind follower { code }
      establishments { nodes { department finess } } origins { knownMcp knownHabtiers active lineNumber takenOn }
      administeredBy { code } journal(first: 5) { nodes { act after } } } } }"""
    seen = (
        await hauts_de_seine.asker.ask(hauts_de_seine.who, query, id=partner["id"])
    )["node"]
    assert (seen["siret"], seen["kind"], seen["follower"]["code"]) == (
        "99990107700019",
        "ESAT",
        "921",
    )
    assert seen["administeredBy"]["code"] == "921"
    assert seen["establishments"]["nodes"] == [
        {"department": "92", "finess": "929901080"}
    ]
    assert seen["origins"] == [
        {
            "knownMcp": True,
            "knownHabtiers": False,
            "active": None,
            "lineNumber": 19,
            "takenOn": "2026-12-10",
        }
    ]
    (birth,) = seen["journal"]["nodes"]
    assert birth["act"] == "importApply"
    assert birth["after"][partner["id"]]["name"] == "ESAT du Genêts 108"
    assert not [key for key in birth["after"] if key.startswith(("imp_", "exl_"))]
