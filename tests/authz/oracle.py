"""The table of rights, by hand and in plain words: it knows neither the policy file nor the scopes."""

from authz import Grant, Post, Subject

from .world import Thing


def acts(*words: str) -> frozenset[str]:
    """From "Type: action action" to {"Type:action", …}."""
    pairs = (word.split(": ") for word in words)
    return frozenset(
        f"{type_}:{action}" for type_, actions in pairs for action in actions.split()
    )


OWN = acts("User: read", "Membership: read", "Agent: read")
PARTNER_AND_ESTABLISHMENTS = acts("Partner: read", "Establishment: read")
READING = acts(
    "MembershipBulletin: read", "ServiceAccess: read", "Group: read",
    "Worker: read", "Declaration: read", "DeclarationLine: read", "ActivityChange: read", "Batch: read",
    "RosterEntry: read", "DraftLine: read",
)  # fmt: skip
ENTERING = READING | acts("Declaration: prepare", "Batch: dry_run", "Worker: update")
VALIDATING = ENTERING | acts(
    "Declaration: deposit replace",
    "ActivityChange: deposit correct cancel",
    "Worker: merge reveal_nir",
)
MEMBER = {"reading": READING, "entering": ENTERING, "validating": VALIDATING}
CONTRACTS = PARTNER_AND_ESTABLISHMENTS | acts(
    "Convention: read", "Amendment: read", "ServiceContract: read", "Manager: read",
    "MembershipBulletin: read", "ServiceAccess: read",
)  # fmt: skip
ADMINISTRATOR = CONTRACTS | acts(
    "User: read invite update suspend reinstate deactivate",
    "Membership: read add remove",
    "Group: read create attach_role",
    "Manager: appoint_deputy",
    "Mandate: grant revoke",
    "JournalEntry: read",
)
ADMINISTRATIVE = CONTRACTS | acts(
    "Eligibility: read", "ActivityAttestation: read",
    "Group: read", "Membership: read", "User: read", "JournalEntry: read", "Import: read",
)  # fmt: skip
SUPERVISED = ADMINISTRATIVE | acts("Declaration: read")
MANAGED = acts(
    "Partner: register update transfer",
    "Establishment: add update end",
    "Convention: prepare record sign amend close cancel_closing suspend resume",
    "Manager: appoint end",
    "Delegation: change",
    "MembershipBulletin: prepare sign replace close",
    "ServiceAccess: open suspend resume",
    "Eligibility: decide",
    "ActivityAttestation: attest",
    "Cna: hand_back",
    "Declaration: remind",
    "Group: create attach_role close",
    "User: suspend reinstate deactivate",
    "Import: upload arbitrate apply",
)
MANAGED_IF_CENTRALISED = acts(
    "Membership: add remove", "User: invite update", "Mandate: grant revoke"
)
SIGNED = acts(
    "Convention: read", "Amendment: read", "ServiceContract: read", "MembershipBulletin: read"
)  # fmt: skip
"""What an organism has signed stays open to it."""
PAID = acts(
    "Worker: read",
    "DeclarationLine: read",
    "ActivityChange: read",
    "RosterEntry: read",
)
MANAGED_IF_PAID = acts(
    "Worker: reveal_nir", "DeclarationLine: process", "ActivityChange: process"
)
NATIONAL = ADMINISTRATIVE | acts(
    "Declaration: read", "Agent: read appoint end", "Import: upload purge",
    "Organism: write", "Service: write", "Role: write", "Mission: write", "Campaign: write", "Parameter: write",
)  # fmt: skip


def may(caller: Subject, type_: str, action: str, thing: Thing) -> bool:
    """Whether this caller may do this to this object; one exports what one reads, but not as oneself."""
    act = f"{type_}:{'read' if action == 'export' else action}"
    return (
        (act in OWN and action != "export" and thing.owner == caller.user)
        or any(by_group(grant, act, thing) for grant in caller.grants)
        or (
            thing.partner in caller.administered
            and thing.mode == "DELEGATED"
            and act in ADMINISTRATOR
        )
        or any(by_post(post, act, thing) for post in caller.posts)
    )


def by_group(grant: Grant, act: str, thing: Thing) -> bool:
    kind, level = grant.role.split("_")
    if act in PARTNER_AND_ESTABLISHMENTS:
        return thing.partner == grant.partner and thing.convention is not None
    if act not in MEMBER[level] or (kind, act) == ("machine", "Worker:reveal_nir"):
        return False
    match act.partition(":")[0]:
        case "Group":
            return thing.group == grant.group
        case "MembershipBulletin" | "ServiceAccess":
            return (thing.partner, thing.service) == (grant.partner, grant.service)
        case _:
            return (thing.partner, thing.service, thing.establishment) == grant[2:]


def by_post(post: Post, act: str, thing: Thing) -> bool:
    if post.role == "national":
        return act in NATIONAL
    administers, signed = (
        thing.administering == post.organism,
        thing.signing == post.organism,
    )
    pays, manages = thing.paying == post.organism, post.role == "agent_managing"
    if post.role == "resource_centre":
        return administers and act in ADMINISTRATIVE
    return (
        (administers and act in SUPERVISED)
        or (signed and act in CONTRACTS)
        or (thing.signatory == post.organism and act in SIGNED)
        or (pays and act in PAID)
        or (manages and administers and act in MANAGED)
        or (
            manages
            and administers
            and thing.mode == "CENTRALISED"
            and act in MANAGED_IF_CENTRALISED
        )
        or (manages and pays and act in MANAGED_IF_PAID)
    )
