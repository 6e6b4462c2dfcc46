"""An extraction of the day of the tests: taken in part, contradicted, rejected; another waits for its file."""

from persistence.intake.import_reading import read_file
from resolvers.acting.performing import perform_internally
from resolvers.imports import Upload, import_expected, import_upload

from .desk import Desk

FILE = """SIRET;Raison sociale;Département;Code Caf;Connu MCP;Connu Habtiers;Actif;Dernière connexion;FINESS;Courriel;Note
99990001200025;ESAT du Canal;75;751;O;O;O;03/02/2025;;canal@exemple.invalid;œuvre
99990107700019;ESAT du Genêts;92;921;oui;non;;;929901080;genets@exemple.invalid;
99990101000010;ESAT des Granges;13;131;N;O;N;;;;
99990108500012;ESAT du Mésange;75;751;X;;;;;;
99990108500012;ESAT de la Mésange;75;751;;X;;;;;

99990108500013;ESAT sans clé;75;999;N;O;O;;;;
"""


async def tell_imports(desk: Desk) -> None:
    await desk.do(
        "agent-paris",
        "importOpen",
        "import { id }",
        filename="plus-tard.xlsx",
        organismId="org_751",
    )
    opened = await desk.do(
        "admin-national",
        "importOpen",
        "import { id }",
        filename="extraction.csv",
        organismId="org_CNAF",
    )
    sent, context, content = (
        opened["import"]["id"],
        desk.context("admin-national"),
        FILE.encode(),
    )
    expected = await perform_internally("importUpload", import_expected, context, sent)
    reading = read_file(content, expected.columns, expected.reference)
    await perform_internally(
        "importUpload", import_upload, context, Upload(sent, content, reading)
    )
    taken = {"importId": sent, "columnsConfirmed": True}
    for who, organism in (
        ("agent-paris", "org_751"),
        ("agent-hauts-de-seine", "org_921"),
    ):
        await desk.do(
            who, "importApply", "applied registered", organismId=organism, **taken
        )
    lines = await desk.answer(
        "agent-paris", "{ importLines(outcome: CONFLICT) { nodes { id } } }"
    )
    await desk.do(
        "agent-paris",
        "importArbitrate",
        "line { id }",
        lineId=lines["importLines"]["nodes"][0]["id"],
        decision="TAKEN",
        arbitrationReason="Nom au répertoire",
    )
