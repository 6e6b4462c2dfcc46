"""The drafts of certificates: begun, emptied of some lines, discarded."""

import strawberry
from strawberry import ID

from persistence.intake.draft_puts import DraftIntake
from persistence.intake.draft_rows import DraftRows
from persistence.intake.line_keys import KeyedLine, LineKeys
from persistence.records import (
    BatchMode,
    Campaign,
    Declaration,
    DraftSource,
    Establishment,
)
from resolvers.acting import (
    ROW,
    Act,
    ActInput,
    ChangeInput,
    EstablishmentBy,
    at,
    permission,
)

from .batches import keys_of, require_open
from .declaration_lines import LineKey


@strawberry.input(description="Le brouillon d'un certificat, pour une campagne.")
class DraftOpenInput(ActInput):
    establishment: EstablishmentBy = strawberry.field(
        description="L'établissement, par son SIRET ou son identifiant."
    )
    campaign_year: int = strawberry.field(description="Année N de la campagne.")
    source: DraftSource = strawberry.field(description="Ce dont il part.")


@permission("Declaration:prepare", on=[Establishment], loads=ROW, moves_roster=True)
async def draft_open(act: Act, input: DraftOpenInput) -> Declaration:
    """See docs/decisions/0086."""
    place = await act.at_establishment(input.establishment)
    act.require_permission_to_declare_at(place, "Declaration:prepare")
    campaign = await act.find(Campaign, f"cmp_{input.campaign_year}", "campaign_year")
    require_open(act, campaign)
    intake = DraftIntake(
        act.register,
        act.context.graph.vault,
        place,
        BatchMode.ACCEPT_VALID,
        act.actor,
        act.now,
    )
    return await intake.open(campaign, await intake.living(campaign), input.source)


@strawberry.input(description="Des lignes à retirer d'un brouillon : toutes, ou rien.")
class DraftLinesRemoveInput(ChangeInput):
    declaration_id: ID = strawberry.field(description="Le brouillon.")
    lines: list[LineKey] = strawberry.field(description="Les lignes, 1 000 au plus.")


@permission("Declaration:prepare", on=[Declaration], loads=ROW, moves_roster=True)
async def draft_lines_remove(act: Act, input: DraftLinesRemoveInput) -> Declaration:
    """All the lines, or none. LINE_AMBIGUOUS."""
    draft = await act.take(Declaration, input.declaration_id, "declaration_id")
    await _require_draft(act, draft)
    keys = keys_of(input.lines, "lines")
    vault = act.context.graph.vault
    rows = DraftRows(act.register, vault, draft)
    lines = []
    for stored in await rows.stored():
        names = (stored.id, stored.worker_id, stored.nir_index)
        lines.append(KeyedLine(*names, stored.client_reference))
    place = await act.find(Establishment, draft.establishment_id)
    chosen = await LineKeys(act.register, vault, place, "lines").lines(keys, lines)
    rows.gone = sorted({str(line.draft_line_id) for line in chosen})
    draft.line_count -= len(rows.gone)
    act.register.after_flush(rows.write)
    return draft


@strawberry.input(description="Un brouillon à abandonner, avec ses lignes.")
class DraftDiscardInput(ChangeInput):
    declaration_id: ID = strawberry.field(description="Le brouillon.")


@permission("Declaration:prepare", on=[Declaration], loads=ROW, moves_roster=True)
async def draft_discard(act: Act, input: DraftDiscardInput) -> Declaration:
    draft = await act.take(Declaration, input.declaration_id, "declaration_id")
    await _require_draft(act, draft)
    draft.close_draft(act.now)
    rows = DraftRows(act.register, act.context.graph.vault, draft)
    act.register.after_flush(rows.clear)
    return draft


async def _require_draft(act: Act, draft: Declaration) -> None:
    """A draft, in the window of its campaign (A18)."""
    with at("declaration_id"):
        draft.require_draft()
    require_open(act, await act.find(Campaign, draft.campaign_id))
