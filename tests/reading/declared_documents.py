"""Documents that read what is declared: headers and counts, lines and their workers, lots and their reports."""

from collections.abc import Mapping

from .asked import PAGE, Asked, cursor

CANAL = "ptr_99990001200025"
DECLARED = (
    "declaration",
    "declaration_line",
    "worker",
    "batch",
    "batch_result",
    "activity_change",
)

LINE = """id position clientReference establishmentSiret establishmentName matricule enteredOn rate netRemuneration
  netAid esatShare noPayReason dualActivity confirmation comment changedSequence processing processedOn processingReason
  contact withdrawnAt withdrawal paidBy { code } previous { id rate } treatments { id outcome reason at day line { id } }"""
WORKER = """id nir birthName usedName givenNames birthDate matricule enteredOn aahBeneficiary knownRate version
  paidBy { code } rates { startsOn rate } dualActivities { startsOn endsOn weeklyHours employerSiret }"""
NOTICES = "errors { code message path rule source } warnings { code message path rule }"

DECLARATIONS = Asked(f"""{{
  declarations {{ totalCount {PAGE} edges {{ cursor node {{ id status sequence siret establishmentName preparedAt
    receivedAt supersededAt lineCount nothingToDeclare conformity progress missingCount inForce pendingCount takenCount returnedCount notBeneficiaryCount
    campaign {{ year }} establishment {{ name }} partner {{ name }} declaredBy {{ familyName }}
    supersedes {{ sequence }}
    lines(first: 3) {{ totalCount nodes {{ {LINE} worker {{ {WORKER} }} }} }}
    removedWorkers(first: 3) {{ totalCount {PAGE} nodes {{ {WORKER} }} }} }} }} }}
}}""")

LOTS = Asked(f"""{{
  batches(first: 10) {{ totalCount nodes {{ id kind mode receivedAt received created replaced unchanged rejected held
    removed campaign {{ year }} declaration {{ id status }} establishment {{ siret }} sentBy {{ familyName }}
    results(first: 4) {{ totalCount edges {{ cursor node {{ id index clientReference status {NOTICES}
      line {{ id rate netAid worker {{ birthName }} }}
      change {{ id kind rateBefore rateAfter worker {{ nir }} }} }} }} }}
    bad: results(status: REJECTED) {{ totalCount nodes {{ index {NOTICES} }} }}
    told: results(withNotices: true, last: 2) {{ nodes {{ why: errors {{ code }} warnings {{ path }} }} {PAGE} }} }} }}
}}""")

LOTS_WITHOUT_NOTICES = Asked("""{
  batches(kind: REMUNERATIONS, order: EARLIEST) { nodes { id results(withNotices: false, first: 5) { totalCount nodes {
    index status line { netRemuneration paidBy { code } } } } } }
  changes: batches(kind: ACTIVITY_CHANGES) { totalCount nodes { results { nodes { status change { effectiveOn } } } } }
}""")

PAID = Asked(f"""{{
  lines(first: 30) {{ totalCount totalCountCapped {PAGE} nodes {{ {LINE} worker {{ {WORKER} }} declaration {{ status }}
    establishment {{ name }} }} }}
}}""")

PEOPLE = Asked(f"""{{
  workers(first: 30) {{ totalCount {PAGE} edges {{ cursor node {{ {WORKER} partner {{ name }}
    lines {{ totalCount nodes {{ id rate paidBy {{ code }} }} }}
    oldest: lines(order: EARLIEST, last: 1) {{ edges {{ cursor node {{ id }} }} }}
    changes {{ totalCount nodes {{ kind effectiveOn rateBefore rateAfter departureReason }} }} }} }} }}
}}""")

CHANGES = Asked(f"""{{
  activityChanges {{ totalCount {PAGE} nodes {{ id kind effectiveOn rateBefore rateAfter departureReason comment
    clientReference receivedAt establishmentSiret establishmentName paidBy {{ code }} worker {{ {WORKER} }}
    establishment {{ partner {{ name }} }} }} }}
  earliest: activityChanges(order: PAYER, first: 1) {{ edges {{ cursor node {{ id }} }} }}
}}""")

FILTERED = Asked(
    """query($p: ID!, $w: ID!, $e: ID!, $live: Boolean, $s: String) {
  d1: declarations(partnerId: $p, status: DEPOSITED, campaignId: "cmp_2026") { totalCount nodes { id status } }
  d2: declarations(establishmentId: $e, order: EARLIEST) { nodes { sequence status } }
  d3: declarations(status: DRAFT) { totalCount }
  l1: lines(live: $live, campaignId: "cmp_2026") { totalCount nodes { id } }
  l2: lines(processing: RETURNED) { nodes { processingReason worker { birthName } } }
  l3: lines(processed: false, live: true) { totalCount }
  l4: lines(workerId: $w) { nodes { position rate } }
  l5: lines(establishmentId: $e, processed: true, first: 2) { nodes { processedOn } totalCount }
  w1: workers(search: $s) { totalCount nodes { birthName } }
  w2: workers(partnerId: $p, search: "OE", last: 2) { nodes { birthName givenNames } totalCount }
  c1: activityChanges(kind: DEPARTURE) { totalCount nodes { departureReason } }
  c2: activityChanges(workerId: $w, establishmentId: $e) { totalCount }
  b1: batches(establishmentId: $e, kind: ACTIVITY_CHANGES) { totalCount nodes { received rejected } }
  p1: partners(undeclaredFor: "cmp_2026") { nodes { name } totalCount }
  p2: partners(undeclaredFor: "cmp_2025") { nodes { name } totalCount }
}""",
    lambda ids: {
        "p": CANAL,
        "w": ids["worker"][0],
        "e": ids["establishment"][1],
        "live": True,
        "s": "œuv",
    },
)

TURNED = Asked(
    f"""query($n: Int, $w: String, $l: String) {{
  workers(first: $n, after: $w) {{ nodes {{ birthName givenNames }} {PAGE} totalCount }}
  before: workers(last: $n, before: $w) {{ nodes {{ birthName }} {PAGE} }}
  lines(first: $n, after: $l) {{ nodes {{ id paidBy {{ code }} }} {PAGE} }}
  last: lines(last: $n) {{ edges {{ cursor node {{ id }} }} {PAGE} totalCount }}
  declarations(last: 2) {{ nodes {{ id }} {PAGE} }}
  activityChanges(last: 1) {{ nodes {{ id }} {PAGE} }}
  batches(last: 2, order: EARLIEST) {{ nodes {{ id }} {PAGE} }}
}}""",
    lambda _: {"n": 4, "w": cursor("durand", "wrk_"), "l": cursor("org_751", "lin_")},
)

NAMED = Asked(
    """query($ids: [ID!]!, $w: ID!) { nodes(ids: $ids) { __typename id
    ... on Declaration { status lineCount lines(first: 1) { nodes { netRemuneration } } }
    ... on DeclarationLine { netRemuneration worker { birthName } declaration { id } }
    ... on Worker { birthName lines { totalCount } changes { totalCount } }
    ... on Batch { received results(first: 1) { nodes { status } } }
    ... on LineResult { became: status errors { code } line { id } }
    ... on ActivityChange { kind worker { nir } } }
  one: node(id: $w) { ... on Worker { nir matricule lines(first: 1) { nodes { establishmentName } } } } }""",
    lambda ids: {
        "ids": [
            *(key for name in DECLARED for key in (*ids[name][:6], *ids[name][-6:])),
            *(f"{ids[name][0]}x" for name in DECLARED),
        ],
        "w": ids["worker"][6],
    },
)
DECLARED_DEEP = Asked("""{
  partners { nodes { name establishments { nodes { name declarations(first: 2) { totalCount nodes { status
    lines(first: 2) { nodes { worker { birthName
      lines(first: 2) { nodes { declaration { establishment { name } } } } } } }
    batches(first: 1) { nodes { results(first: 1) { nodes { line { worker { rates { rate } } } } } } } } } } } } }
}""")

DOCUMENTS: Mapping[str, Asked] = {
    "declarations": DECLARATIONS,
    "lots": LOTS,
    "lots without notices": LOTS_WITHOUT_NOTICES,
    "paid": PAID,
    "people": PEOPLE,
    "changes": CHANGES,
    "filtered declarations": FILTERED,
    "turned declarations": TURNED,
    "named declarations": NAMED,
    "declared deep": DECLARED_DEEP,
}
