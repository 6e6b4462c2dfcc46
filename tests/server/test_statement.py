"""`habilitations sql` shows what a query becomes, on both databases, and tells no text that may be personal."""

import pytest

from server.cli import main
from server.commands.environment import demo_environ
from server.commands.statement import lines_of
from server.settings import Settings

QUERY = """{
  viewer { user { familyName } }
  partners(first: 2, search: "canal") { nodes { id groups(last: 3) { totalCount nodes { name } } } }
  node(id: "ptr_99990001200025@2026-03-01") { id }
}"""


async def test_a_query_shows_its_roles_its_tree_its_sql_its_values_and_its_plan(
    register_url: str,
) -> None:
    settings = Settings.from_environ(demo_environ({"DATABASE_URL": register_url}))

    lines = await lines_of(settings, "agent-paris", QUERY)

    assert [line for line in lines if line.startswith("# ")] == [
        "# Rôles",
        "# Arbre",
        "# SQL",
        "# Valeurs",
        "# Plan",
    ]
    assert lines[1:3] == ["agent_managing", "everyone"]
    assert (
        "partners : page de partner, index ix_partner_sort_key, sans ancre, filtres : search"
        in lines
    )
    assert any(
        line.startswith("    groups : page de group, index ") and "ancrée" in line
        for line in lines
    )
    assert "node : partner (au jour demandé)" in lines
    assert lines[lines.index("# SQL") + 1].startswith("SELECT ")
    assert any(
        "(holding organisms agent_reading)" in line and "org_751" in line
        for line in lines
    )
    assert len(lines) > lines.index("# Plan") + 3
    values = lines[lines.index("# Valeurs") : lines.index("# Plan")]
    assert any(line.endswith("(words)") for line in values)
    assert not any("canal" in line for line in values)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("{ nothing }", "Le document ne suit pas le schéma"),
        ("query($id: ID!) { node(id: $id) { id } }", "La requête attend des variables"),
        (
            "mutation { userUpdate(input: {}) { errors { code } } }",
            "Cette valeur ne convient pas à son type.",
        ),
        (
            "mutation($i: UserUpdateInput!) { userUpdate(input: $i) { errors { code } } }",
            "Seule une requête se montre",
        ),
    ],
)
async def test_what_is_no_query_is_refused_in_one_sentence(
    register_url: str, query: str, sentence: str
) -> None:
    settings = Settings.from_environ(demo_environ({"DATABASE_URL": register_url}))

    with pytest.raises(Exception, match=sentence):
        await lines_of(settings, "agent-paris", query)


def test_an_unknown_persona_is_refused_with_those_that_are_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(("sql", "--as", "nobody", "{ rules { code } }")) == 2

    assert capsys.readouterr().err.startswith(
        "Personnage inconnu. Connus : agent-paris, "
    )
