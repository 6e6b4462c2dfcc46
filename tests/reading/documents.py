"""Documents of every kind that a client may send, with their variables."""

from collections.abc import Mapping

from . import declared_documents, imported_documents, onboarded_documents
from .asked import PAGE, Asked, cursor

CANAL = "ptr_99990001200025"

VIEWER = Asked("""{
  viewer {
    __typename
    user { id kind givenName familyName email affiliations { nodes { id } } }
    affiliations { id startsOn jobTitle acceptedOn suspended partner { name } }
    posts { id profile organism { code } }
    organisms { code name }
    may
    resourceCentres { code contact }
    tabs { id open suspended service { code tabLabel } partner { name } convention { id } openedBulletin { id status } }
  }
}""")

TYPENAMES = Asked("""{
  __typename
  viewer { __typename user { __typename } }
  partners { __typename edges { __typename node { __typename } } nodes { __typename } pageInfo { __typename } }
  organism(code: "751") { __typename partners { __typename } }
  services { __typename roles { __typename } }
}""")

ROOTS = Asked(
    "{"
    + " ".join(
        f"{name} {{ edges {{ cursor node {{ id {leaf} }} }} nodes {{ id }} {PAGE} totalCount totalCountCapped }}"
        for name, leaf in {
            "partners": "name siret mode",
            "conventions": "status siret preparedOn",
            "bulletins": "status siret conventionSiret siretMatches",
            "groups": "name allEstablishments closedOn",
            "users": "familyName kind",
            "journal": "seq at day act source",
            "organisms": "code departments",
        }.items()
    )
    + "}"
)

COUNTS_ALONE = Asked("""{
  partners { totalCount }
  users { totalCountCapped count: totalCount }
  groups { __typename }
  journal { pageInfo { hasPreviousPage } }
  bulletins { pageInfo { hasNextPage } }
  conventions { pageInfo { __typename } }
  none: partners(search: "introuvable") { totalCount totalCountCapped }
  organism(code: "974") { partners { totalCount } agents { totalCount } supports { totalCount } }
}""")

REFERENCE = Asked("""{
  services { id code label tabLabel availableFrom bulletinsFrom needsEstablishment needsEligibilityForm illustrative
    excludedDepartments roles { code profile purpose service { code } } missions { code } }
  missions { id code label services { code } }
  campaigns { id year rightsYear referenceMonth continuityOn opensAt closesAt status legacy }
  parameters { id name startsOn value }
  rules { code number paragraph sentence }
}""")

ALIASES = Asked("""{
  select: partners(first: 2) { nodes { from: id where: name } }
  group: partners(first: 2, order: LATEST) { nodes { id registeredOn } }
  partners(first: 1) { nodes { id } }
  partners(first: 1) { nodes { name follower { code } } }
  partners(first: 1) { nodes { follower { name } } pageInfo { hasNextPage } }
  un_alias_qui_compte_plus_de_soixante_trois_signes_et_qui_finit_par_A: organism(code: "751") { code }
  un_alias_qui_compte_plus_de_soixante_trois_signes_et_qui_finit_par_B: organism(code: "781") { code }
}""")

FRAGMENTS = Asked(
    """
query($ids: [ID!]!) {
  nodes(ids: $ids) { ...Any ... { again: id } }
  partners(first: 3) { ...List edges { ...Edged } }
}
fragment Any on Node { __typename id ...Shown ... on Organism { label: name } ... on User { label: familyName } }
fragment Shown on Node { ... on Partner { label: name follower { code } } ... on Node { ... on Group { label: name } } }
fragment List on PartnerConnection { totalCount nodes { ...Brief } }
fragment Edged on PartnerEdge { cursor node { ...Brief siret } }
fragment Brief on Partner { id name }
""",
    lambda ids: {
        "ids": [CANAL, "org_751", ids["group"][0], "usr_declarante-canal", "svc_ESAT"]
    },
)

INCLUDED = """
query($yes: Boolean!, $no: Boolean! = false) {
  viewer { user @include(if: $no) { id } posts @skip(if: $yes) { id } __typename }
  partners(first: 3) @include(if: $yes) {
    nodes { id name @skip(if: $yes) siret @include(if: $yes) ...Kind @include(if: $no) ... @skip(if: $no) { version } }
    totalCount @include(if: $no)
  }
  groups(first: 1) { nodes @skip(if: $yes) { id } }
  users @skip(if: true) { totalCount }
}
fragment Kind on Partner { kind }
"""

EVERY_NODE = Asked(
    """query($p: ID!, $c: ID!, $b: ID!, $g: ID!, $u: ID!, $o: ID!, $j: ID!, $x: ID!, $e: ID = "", $i: ID =
      "est_inconnu") {
  p: node(id: $p) { id __typename ... on Partner { name siret mode administeredBy { code } } }
  c: node(id: $c) { ... on Convention { status contract { mode managers { kind user { familyName } } } } }
  b: node(id: $b) { ... on MembershipBulletin { status missing roles { code } establishments { name } } }
  g: node(id: $g) { ... on Group { name members { nodes { familyName } } } ... on Partner { name } }
  u: node(id: $u) { ... on User { familyName groups { nodes { name } } } }
  o: node(id: $o) { ... on Organism { code pilotedBy { code } } }
  j: node(id: $j) { ... on JournalEntry { act actor { id } } }
  x: node(id: $x) { id }
  e: node(id: $e) { id }
  i: node(id: $i) { id }
  n: node(id: 12) { id }
  l: node(id: "org_751") { id ... on Organism { code } }
}""",
    lambda ids: {
        "p": CANAL,
        "c": ids["convention"][1],
        "b": ids["bulletin"][1],
        "g": ids["group"][1],
        "u": "usr_gestionnaire-canal",
        "o": "org_CNA",
        "j": ids["journal"][0],
        "x": "nimporte_quoi",
    },
)

MIXED_NODES = Asked(
    """query($ids: [ID!]!, $one: ID!) {
  nodes(ids: $ids) { __typename id ... on Partner { name } ... on Establishment { siret } ... on Membership {
    startsOn } }
  listed: nodes(ids: ["svc_ESAT", "inconnu", "svc_ESAT", "cmp_2026", $one]) { id ... on Campaign { status
    continuityOn } }
  none: nodes(ids: []) { id }
}""",
    lambda ids: {
        "ids": [
            "ptr_inconnu",
            CANAL,
            ids["establishment"][0],
            "",
            "PTR_99990001200025",
            CANAL,
            *ids["membership"][:3],
            "usr",
            "sus_x",
            "par_RG_MIN_2018",
            "ptr_%",
            "'",
        ],
        "one": "mis_LOGEMENT",
    },
)

PARTNER_FILTERS = """
query($s: String, $n: String, $k: PartnerKind, $o: ID, $m: Mode, $v: ID, $f: Boolean) {
  one: partners(search: $s, siren: $n, kind: $k, organismId: $o, mode: $m, serviceId: $v, inForce: $f) {
    nodes { id name } totalCount
  }
  fixed: partners(search: "ÉSAT", kind: ESAT, inForce: true) { nodes { id } }
  eden: partners(search: "oeuvres") { nodes { name } }
  nulls: partners(search: null, kind: null, inForce: null, mode: null, siren: null, serviceId: null) { totalCount }
}"""

FILTERS = Asked(
    """query($p: ID!, $org: ID, $day: Date, $st: BulletinStatus = OPEN) {
  c1: conventions(status: IN_FORCE, mode: DELEGATED, organismId: $org) { nodes { id status organism { code } } }
  c2: conventions(partnerId: $p) { nodes { id } totalCount }
  c3: conventions(status: ANNOUNCED) { nodes { inForceOn termOn } }
  b1: bulletins(status: $st, serviceId: "svc_ESAT") { nodes { id status } totalCount }
  b2: bulletins(partnerId: $p) { nodes { id status } }
  b3: bulletins(status: DRAFT) { nodes { id missing } }
  g1: groups(live: true, partnerId: $p, serviceId: "svc_ESAT") { nodes { name } }
  g2: groups(live: false) { nodes { name closedOn } totalCount }
  g3: groups(roleId: "rol_ESAT_DECLARANT", search: "declar") { nodes { name } }
  u1: users(partnerId: $p, kind: PERSON) { nodes { familyName } totalCount }
  u2: users(kind: MACHINE) { nodes { familyName } }
  u3: users(search: "aero") { nodes { familyName } }
  j1: journal(day: $day, act: "groupCreate") { nodes { seq objectId after } }
  j2: journal(day: "2026-12-09") { totalCount }
  j3: journal(actorId: "usr_gestionnaire-canal") { nodes { act } }
  j4: journal(objectId: $p) { nodes { act } }
  o1: organisms(search: "caf de pa") { nodes { code } }
}""",
    lambda _: {"p": CANAL, "org": "org_751", "day": "2026-12-10"},
)

WORKLIST = Asked(
    """query($p: ID!) {
  u4: users(endingBy: "2027-12-31") { nodes { familyName } }
  a1: affiliations(partnerId: $p, pending: true) {
    nodes { user { familyName } partner { name } viewerCan { act allowed } } }
  a2: affiliations(endingBy: "2026-12-30", search: "a") { nodes { endsOn user { familyName } } totalCount }
  c9: conventions(endingBy: "2027-02-28") { nodes { id } }
  b9: bulletins(siretMatches: false, complete: true) { nodes { id } }
  p9: partners(search: "999 900 012") { nodes { name } }
  o9: organisms(kind: CNA) { nodes { code } }
}""",
    lambda _: {"p": CANAL},
)

INNER_FILTERS = Asked("""{
  partner(by: {siret: "999 900 012 00025"}) {
    id
    now: affiliations(current: true, suspended: false) { nodes { user { familyName } } totalCount }
    past: affiliations(current: false) { nodes { endsOn user { familyName } } }
    held: affiliations(suspended: true) { nodes { suspended } }
    conventions(status: IN_FORCE, order: EARLIEST) { nodes { status } }
    groups(live: true, search: "d'oeuvre") { nodes { name memberships(current: true) { nodes { startsOn role { code
      } } } } }
    journal(act: "userInvite", order: EARLIEST) { nodes { act before after reason } }
  }
  unknown: partner(by: {siret: "00000000000000"}) { id }
  byId: partner(by: {id: "ptr_99990001200017"}) { id siblings(order: LATEST) { nodes { id } totalCount } }
}""")

ORDERS = Asked(
    """query($po: PartnerOrder! = LATEST, $co: ConventionOrder!, $oo: OrganismOrder!, $bo: BulletinOrder!, $jo:
      JournalOrder!) {
  partners(order: $po, first: 5) { nodes { id } pageInfo { endCursor } }
  named: partners(order: NAME, first: 5) { edges { cursor node { name } } }
  conventions(order: $co) { edges { cursor node { id preparedOn } } }
  organisms(order: $oo, first: 30) { nodes { code } }
  bulletins(order: $bo) { nodes { id } }
  journal(order: $jo) { edges { cursor node { seq } } }
}""",
    lambda _: {"co": "EARLIEST", "oo": "CODE", "bo": "EARLIEST", "jo": "EARLIEST"},
)

BACKWARD = Asked(
    f"""query($n: Int, $c: String) {{
  partners(last: $n) {{ edges {{ cursor node {{ name }} }} nodes {{ id }} {PAGE} totalCount }}
  before: partners(last: $n, before: $c) {{ nodes {{ name }} {PAGE} }}
  cut: partners(before: $c) {{ nodes {{ name }} {PAGE} }}
  latest: partners(last: 2, order: LATEST) {{ nodes {{ registeredOn name }} {PAGE} }}
  journal(last: 3) {{ nodes {{ seq }} {PAGE} }}
  organism(code: "751") {{ partners(last: 2) {{ nodes {{ name }} {PAGE} }} }}
}}""",
    lambda _: {"n": 3, "c": cursor("esat du canal saint-martin", CANAL)},
)

FORWARD = Asked(
    f"""query($a: String, $j: String, $o: String, $n: Int = 2) {{
  partners(first: $n, after: $a) {{ nodes {{ name }} {PAGE} totalCount }}
  journal(first: $n, after: $j) {{ nodes {{ seq act }} {PAGE} }}
  organisms(after: $o, order: CODE, first: 4) {{ nodes {{ code }} {PAGE} }}
  none: users(first: 0) {{ nodes {{ id }} {PAGE} totalCount }}
  end: partners(after: "{cursor("~", "ptr_~")}") {{ nodes {{ id }} edges {{ cursor }} {PAGE} }}
}}""",
    lambda _: {
        "a": cursor("esat", "ptr_"),
        "j": cursor(9, "jrn_"),
        "o": cursor("100", "org_"),
    },
)

DEEP = Asked("""{
  partners(first: 3) { nodes { conventions(first: 2) { nodes { services { groups(first: 2) { nodes {
    memberships(first: 2) { nodes { user { groups(first: 1) { nodes { partner { name } } } } } }
  } } } } } } }
}""")

UPWARD = Asked("""{
  users(first: 4) { nodes { familyName memberships { nodes { startsOn endsOn
    affiliation { jobTitle user { id } partner { id } } role { code service { code } }
    group { name access { open suspended convention { status predecessor { id closingReason closingComment
      successor { id } }
      organism { name } missions { code } amendments { number verifiedFields missionsBefore missionsAfter }
      contract { convention { id } } } } establishments { name } }
  } } } }
}""")

WIDE = Asked(
    "query($p: ID!) { partner(by: {id: $p}) {" + " ".join(
        f"a{i}: name b{i}: version c{i}: mode" for i in range(40)
    ) + " follower { " + " ".join(f"z{i}: code" for i in range(55)) + " } } }",
    lambda _: {"p": CANAL},
)  # fmt: skip

JOURNAL = Asked("""{
  journal(first: 50) { nodes { id seq at day act source objectId before after reason requestId policyHash matchedRule
    actor { familyName } actingFor { code } partner { name journal(first: 2) { nodes { seq } } } } }
}""")

DERIVED = Asked("""{
  bulletins { nodes { id lacks: missing missing service { code } ...More } edges { node { missing } } pageInfo {
    endCursor } }
  campaigns { month: referenceMonth referenceMonth continuityOn }
  rules { code }
  node(id: "cmp_2026") { __typename ... on Campaign { until: continuityOn } }
}
fragment More on MembershipBulletin { again: missing siretDifferences advice: siretAdvice }
""")

INTROSPECTED = Asked("""{
  __schema { queryType { name } }
  __type(name: "Partner") { name fields { name } }
  viewer { user { id } }
  partners(first: 1) { nodes { __typename name } }
}""")

ONE_OF_TWO = Asked(
    "query A { services { code } } query B($n: Int!) { organisms(first: $n) { nodes { code } } }",
    lambda _: {"n": 3},
    "B",
)

ORGANISMS = Asked("""{
  organism(code: "CR1") { id code name kind contact networkRole departments
    supports(order: CODE) { nodes { code } totalCount pageInfo { endCursor } }
    supportedBy { nodes { code } } agents { edges { cursor node { profile startsOn endsOn user { familyName } } } } }
  cna: organism(code: "CNA") { pilotedBy { code } partners { nodes { name administeredBy { code } follower { code }
    } } }
  paris: organism(code: "751") { supportedBy { nodes { code } } agents { totalCount nodes { user { id } } } }
  none: organism(code: "zzz") { code }
}""")

DECISIONS = Asked("""{
  partners { nodes { name
    eligibilities { decision ground formDigest decidedOn decidedBy { familyName } service { code } partner { id } }
    attestations { attestedOn evidence attestedBy { familyName } partner { id } }
    establishments { nodes { name siret finess department addedOn partner { id } } totalCount }
    services { open suspended openedBulletin { id } bulletins { nodes { digest effectiveFrom effectiveTo openedOn
      closedOn } } }
    conventionInForce { status contract { mode partnerSignedOn managers { kind startsOn endsOn user { id } } } } } }
}""")

DATED = Asked(
    """query($p: ID!, $ids: [ID!]!, $d: Date, $e: Date = "2027-03-01") {
  partner(by: {id: $p}, on: $d) { ...Told }
  later: partner(by: {id: $p}, on: $e) { ...Told }
  now: partner(by: {id: $p}) { ...Told }
  before: node(id: "ptr_99990001200025@2025-08-31") { id ... on Partner { ...Told } }
  nodes(ids: $ids) { __typename id ... on Convention { status }
    ... on MembershipBulletin { state: status missing }
    ... on ServiceAccess { open suspended openedBulletin { id } } ... on Affiliation { suspended }
    ... on Organism { partners { totalCount } } ... on Worker { knownRate } }
  partners(inForce: true, on: $d) { nodes { id mode } totalCount }
  conventions(status: IN_FORCE, on: $e) { nodes { id status } }
  bulletins(status: OPEN, on: $e) { nodes { id status } }
  groups(live: true, on: $d) { nodes { id members { nodes { id } } } }
}
fragment Told on Partner { name mode siret administeredBy { code } conventionInForce { status contract { mode } }
  services { open openedBulletin { id status } } groups(live: true) { nodes { members { nodes { id } } } }
  affiliations(current: true) { totalCount nodes { suspended } } }""",
    lambda ids: {
        "p": CANAL,
        "d": "2026-09-30",
        "ids": [
            one + day
            for day in ("@2026-09-30", "@2027-03-01", "")
            for one in (
                *ids["convention"][:6],
                *ids["bulletin"][:6],
                *ids["service_access"][:4],
                *ids["affiliation"][:12],
                *ids["worker"][:2],
                "org_CNA",
                "org_751",
            )
        ],
    },
)

VIEWER_CAN = Asked(
    """query($p: ID!, $acts: [Act!] = [GROUP_CREATE, SERVICE_SUSPEND], $none: [Act!]) {
  partner(by: {id: $p}) { viewerCan { act allowed reason __typename }
    two: viewerCan(acts: [MANDATE_GRANT, USER_INVITE]) {
      is: allowed why: reason }
    conventionInForce { viewerCan { act reason } contract { managers { viewerCan { allowed } } } }
    services { viewerCan(acts: $acts) { act allowed } nothing: viewerCan(acts: []) { act } }
    groups { nodes { name viewerCan(acts: $none) { act allowed reason } } } }
  lines(first: 5) { nodes { viewerCan { act allowed reason } worker { viewerCan { act allowed } } } }
  declarations(first: 5) { nodes { viewerCan { allowed } establishment { viewerCan { act allowed reason } } } }
  partners(first: 5, on: "2026-01-01") { nodes { viewerCan(acts: [CONVENTION_PREPARE]) { allowed reason } } }
}""",
    lambda _: {"p": CANAL},
)

DOCUMENTS: Mapping[str, Asked] = {
    "viewer": VIEWER,
    "typenames": TYPENAMES,
    "roots": ROOTS,
    "counts alone": COUNTS_ALONE,
    "reference data": REFERENCE,
    "aliases": ALIASES,
    "fragments": FRAGMENTS,
    "included": Asked(INCLUDED, lambda _: {"yes": True}),
    "skipped": Asked(INCLUDED, lambda _: {"yes": False, "no": True}),
    "every node": EVERY_NODE,
    "mixed nodes": MIXED_NODES,
    "partner filters absent": Asked(PARTNER_FILTERS),
    "partner filters null": Asked(PARTNER_FILTERS, lambda _: dict.fromkeys("snkomvf")),
    "partner filters false": Asked(PARTNER_FILTERS, lambda _: {"f": False}),
    "partner filters true": Asked(
        PARTNER_FILTERS, lambda _: {"f": True, "s": "Du CANAL ", "k": "ESAT"}
    ),
    "partner filters all": Asked(
        PARTNER_FILTERS,
        lambda _: {
            "n": "999 900 012",
            "o": "org_751",
            "m": "DELEGATED",
            "v": "svc_ESAT",
            "f": True,
            "s": None,
        },
    ),
    "filters": FILTERS,
    "worklist": WORKLIST,
    "inner filters": INNER_FILTERS,
    "orders": ORDERS,
    "backward": BACKWARD,
    "forward": FORWARD,
    "deep": DEEP,
    "upward": UPWARD,
    "wide": WIDE,
    "journal": JOURNAL,
    "derived": DERIVED,
    "introspected": INTROSPECTED,
    "one of two": ONE_OF_TWO,
    "organisms": ORGANISMS,
    "decisions": DECISIONS,
    "dated": DATED,
    "viewer can": VIEWER_CAN,
    **declared_documents.DOCUMENTS,
    **imported_documents.DOCUMENTS,
    **onboarded_documents.DOCUMENTS,
}
