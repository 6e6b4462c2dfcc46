"""The words of the policy, and what makes a policy file unfit to start with."""

from collections import Counter
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

import casbin
from casbin.persist.adapters.string_adapter import StringAdapter

from .scopes import KIND_OF, KINDS, SCOPES

ACTIONS: dict[str, tuple[str, ...]] = {
    type_: tuple(actions.split())
    for type_, actions in {
        "Partner": "read register update transfer export",
        "Establishment": "read add update end",
        "Convention": "read prepare record sign amend close cancel_closing "
        "suspend resume export",
        "Amendment": "read",
        "ServiceContract": "read",
        "Manager": "read appoint appoint_deputy end",
        "Delegation": "change",
        "MembershipBulletin": "read prepare sign replace close export",
        "ServiceAccess": "read open suspend resume",
        "Eligibility": "read decide",
        "ActivityAttestation": "read attest",
        "Cna": "hand_back",
        "Group": "read create attach_role close export",
        "Membership": "read add remove",
        "User": "read invite update suspend reinstate deactivate export",
        "Mandate": "grant revoke",
        "JournalEntry": "read export",
        "Worker": "read update merge reveal_nir export",
        "Declaration": "read prepare deposit replace remind export",
        "DeclarationLine": "read process export",
        "DraftLine": "read",
        "ActivityChange": "read deposit correct cancel process export",
        "RosterEntry": "read",
        "Batch": "read dry_run",
        "Import": "read upload arbitrate apply purge",
        "Agent": "read appoint end",
        "Organism": "write",
        "Service": "write",
        "Role": "write",
        "Mission": "write",
        "Campaign": "write",
        "Parameter": "write",
    }.items()
}

SERVICE_SCOPE = "granted_service"
WITHOUT_SERVICE = frozenset({"Partner", "Establishment"})

MODEL = {
    "r": {"r": "sub, res, act, obj"},
    "p": {"p": "role, res, act, scope"},
    "g": {"g": "_, _"},
    "e": {"e": "some(where (p_eft == allow))"},
    "m": {
        "m": "r_res == p_res && r_act == p_act && holds(r_sub, p_role) && "
        "within(r_sub, r_obj, p_role, p_scope)"
    },
}

PolicyLine: TypeAlias = tuple[str, ...]


class PolicyError(ValueError):
    """The policy cannot be trusted: the process must not start.

    The message has one line for each fault.
    """


def lines(text: str) -> list[PolicyLine]:
    """Read the lines of a policy: `[("p", role, type, action, scope), …]`.

    Comments and blank lines are left out.
    """
    rules = []
    for row in text.split("\n"):
        rule = row.strip()
        if rule and rule[0] != "#":
            words = rule.split(",")
            rules.append(tuple(word.strip() for word in words))
    return rules


def validated(model: str, policy: str) -> casbin.Enforcer:
    """Return Casbin's enforcer of these two texts.

    Raises PolicyError with every fault.
    """
    try:
        parsed_model = casbin.Enforcer.new_model(text=model)
        enforcer = casbin.Enforcer(parsed_model, StringAdapter(policy))
    except Exception as error:
        raise PolicyError(f"casbin cannot load the policy: {error}") from error
    faults = [*_model_faults(enforcer)]
    if not faults:
        faults += _policy_faults(lines(policy), enforcer)
    if faults:
        raise PolicyError("\n".join(faults))
    return enforcer


def _model_faults(enforcer: casbin.Enforcer) -> Iterator[str]:
    """Yield each section of the model that is not the expected one."""
    sections = {
        section: {key: definition.value for key, definition in definitions.items()}
        for section, definitions in enforcer.get_model().items()
    }
    for section in sorted(MODEL.keys() | sections.keys()):
        actual, expected = sections.get(section), MODEL.get(section)
        if actual != expected:
            yield f"model: {section} is {actual}, expected {expected}"


def _policy_faults(
    file_lines: list[PolicyLine], enforcer: casbin.Enforcer
) -> Iterator[str]:
    """Yield each line of the file that is altered, repeated or unfit."""
    counts, loaded = Counter(file_lines), _loaded_lines(enforcer)
    for line in counts - loaded:
        yield f"dropped or altered at loading: {', '.join(line)}"
    for line in loaded - counts:
        yield f"not in the file, yet loaded: {', '.join(line)}"
    for line, count in counts.items():
        if count > 1:
            yield f"duplicate: {', '.join(line)}"
    for line in counts:
        for fault in _line_faults(line):
            yield f"{fault}: {', '.join(line)}"
    yield from _cycles(file_lines)


def _loaded_lines(enforcer: casbin.Enforcer) -> Counter[PolicyLine]:
    """Count the lines that Casbin has kept, in the shape that `lines` gives."""
    model = enforcer.get_model()
    return Counter(
        (key, *rule) for key in ("p", "g") for rule in model.get_policy(key, key)
    )


def _line_faults(line: PolicyLine) -> Iterator[str]:
    """Yield what is wrong in one line of the file."""
    match line:
        case ("p", role, type_, action, scope):
            if role not in KIND_OF:
                yield f"unknown role {role}"
            if type_ not in ACTIONS:
                yield f"unknown type {type_}"
            elif action not in ACTIONS[type_]:
                yield f"unknown action {type_}:{action}"
            if scope not in SCOPES:
                yield f"unknown scope {scope}"
            elif role in KIND_OF:
                yield from _scope_faults(KIND_OF[role], type_, scope)
        case ("g", child, parent):
            unknown = [role for role in (child, parent) if role not in KIND_OF]
            yield from (f"unknown role {role}" for role in unknown)
            if KIND_OF.get(child) != KIND_OF.get(parent):
                yield "inheritance across kinds"
        case _:
            yield "neither p, role, type, action, scope nor g, child, parent"


def _scope_faults(kind: str, type_: str, scope: str) -> Iterator[str]:
    """Yield why a kind of roles may not use this scope on this type."""
    if scope not in KINDS[kind].scopes:
        yield f"the kind {kind} may not use the scope {scope}"
    is_of_service = kind in {"member", "machine"} and type_ not in WITHOUT_SERVICE
    if is_of_service and scope != SERVICE_SCOPE:
        yield (
            f"service isolation: {type_} has a service, only {SERVICE_SCOPE} may "
            "open it"
        )


def _cycles(file_lines: Sequence[PolicyLine]) -> Iterator[str]:
    """Yield the roles that inherit from each other in a circle."""
    graph: dict[str, list[str]] = {}
    for line in file_lines:
        if line[0] == "g":
            graph.setdefault(line[1], []).extend(line[2:])
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"cycle of inheritance: {' → '.join(error.args[1])}"
