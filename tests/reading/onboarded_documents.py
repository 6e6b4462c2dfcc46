"""Documents on where partners stand: the onboardings, the board of the migration, the timeline, other days."""

from collections.abc import Mapping

from .asked import PAGE, Asked

CANAL = "ptr_99990001200025"
ESAT = "svc_ESAT"

ONBOARDING = Asked(
    """query($p: ID!, $s: ID!, $d: Date) {
  onboarding(partner: $p, service: $s) { ...Told }
  other: onboarding(partner: $p, service: "svc_CDAP") { case steps { code state } late }
  none: onboarding(partner: "ptr_inconnu", service: $s) { case }
  odd: onboarding(partner: $s, service: $p) { case }
  partner(by: {id: $p}, on: $d) { migration { ...Told } }
}
fragment Told on Onboarding { __typename case openedOn deadline late
  evidence { source sentence objectId line digest } steps { code label state blockedBy whoActs act rule }
  partner { id name } service { code } convention { id number status } bulletin { id status } access { id open }
  administeredBy { code } }""",
    lambda _: {"p": CANAL, "s": ESAT, "d": "2025-09-30"},
)

MIGRATING = """query($c: Case, $s: MigrationState, $o: ID, $d: Date, $n: Int) {
  partners(migrationCase: $c, migrationState: $s, organismId: $o, on: $d, first: $n) { nodes { id migration { case late openedOn } } totalCount %s }
  late: partners(migrationState: LATE, order: LATEST) { edges { cursor node { name } } totalCount }
  left: partners(migrationState: REMAINING, migrationCase: CASE_1, last: 3) { nodes { id } totalCount }
  done: partners(migrationState: DONE) { nodes { migration { case deadline steps { code } } } }
}"""  # fmt: skip

BOARD = Asked("""{
  migrations { label deadline board { organismCode organism case total done remaining late doneLate } }
  node(id: "mig_ESAT") { ... on Migration { label again: board { total } board { case total } } }
}""")

SPANS = Asked(
    """query($d: Date) {
  partners(first: 100, on: $d) { nodes { id timeline { startsOn endsOn mode convention { id } administeredBy { code } signedWith { code } }
    origins { knownMcp knownHabtiers active lineNumber import { id } } } }
}""",
    lambda _: {"d": "2027-03-01"},
)

MANAGED = """query($w: Boolean, $d: Date) {
  partners(withoutManager: $w, on: $d) { nodes { id withoutManager mode } totalCount }
  without: partners(withoutManager: true, mode: DELEGATED) { nodes { id } totalCount }
  with: partners(withoutManager: false, first: 2) { nodes { withoutManager } totalCount }
}"""  # fmt: skip

ALL = {"c": "CASE_2", "s": "LATE", "o": "org_751", "d": "2026-12-09", "n": 2}
DOCUMENTS: Mapping[str, Asked] = {
    "onboarding": ONBOARDING,
    "migrating absent": Asked(MIGRATING % PAGE),
    "migrating null": Asked(MIGRATING % PAGE, lambda _: dict.fromkeys("csodn")),
    "migrating all": Asked(MIGRATING % PAGE, lambda _: ALL),
    "migrating later": Asked(
        MIGRATING % PAGE, lambda _: {"s": "REMAINING", "d": "2025-04-01"}
    ),
    "board": BOARD,
    "timelines": SPANS,
    "managed absent": Asked(MANAGED),
    "managed": Asked(MANAGED, lambda _: {"w": True, "d": "2027-01-01"}),
    "managed false": Asked(MANAGED, lambda _: {"w": False}),
}
