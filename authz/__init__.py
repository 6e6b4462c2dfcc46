"""Who may do what: the policy, the scopes as data, the caller, and the rule engine.

This package never sees a table. What it gives (permits, conditions, bind values) is
plain data.
"""

from .engine import Engine, RoleScope, load
from .policy import ACTIONS, PolicyError
from .scopes import ScopeCondition, conditions_of
from .subject import Grant, Post, Subject

__all__ = [
    "ACTIONS",
    "Engine",
    "Grant",
    "PolicyError",
    "Post",
    "RoleScope",
    "ScopeCondition",
    "Subject",
    "conditions_of",
    "load",
]
