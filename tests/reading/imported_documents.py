"""Documents on the extraction: the imports, their lines, what stays of them on a partner."""

from collections.abc import Mapping

from .asked import PAGE, Asked

IMPORTS = Asked(f"""{{
  imports {{ edges {{ cursor }} {PAGE} totalCount nodes {{ id status filename openedOn receivedAt digest media headerLine
    ignoredColumns received new changed unchanged conflict rejected blankLines applied awaiting organism {{ code }}
    openedBy {{ id }} lines(first: 2) {{ {PAGE} totalCount nodes {{ number }} }} }} }}
}}""")

LINES = Asked(f"""{{
  importLines {{ edges {{ cursor }} {PAGE} totalCount nodes {{ id sheet number raw siret name department knownMcp knownHabtiers
    active lastSeenOn finess contact fingerprint outcome changes arbitration arbitratedOn arbitrationReason appliedOn
    organism {{ code }} appliedBy {{ id }} arbitratedBy {{ id }} partner {{ name origins {{ id knownMcp }} }} import {{ id }} }} }}
}}""")

FILTERED = Asked(
    """query($i: ID!, $o: ImportOutcome, $a: Boolean) {
  l1: importLines(importId: $i, outcome: $o) { totalCount nodes { number } }
  l2: importLines(applied: $a, organismId: "org_751") { totalCount nodes { number } }
  l3: importLines(awaiting: true, first: 1) { totalCount nodes { number } }
  l4: importLines(siret: "999 901 085 00012", last: 1) { nodes { number } }
  i1: imports(order: EARLIEST, first: 1) { nodes { lines(outcome: CONFLICT, applied: false) { totalCount } } }
}""",
    lambda ids: {"i": ids["import"][-1], "o": "CONFLICT", "a": True},
)

TOLD = Asked("""{
  imports { nodes { columns { header field } sheets { name state lines } } }
  importLines { nodes { number reasons { code message rule source path } } }
  partner(by: {siret: "99990001200025"}) { origins { knownMcp knownHabtiers active filename digest sheet lineNumber takenOn
    import { status } partner { siret } } }
  migrations { label opensOn deadline source service { code migration { id } } }
}""")

DOCUMENTS: Mapping[str, Asked] = {
    "imports": IMPORTS,
    "import lines": LINES,
    "filtered imports": FILTERED,
    "imports told": TOLD,
}
