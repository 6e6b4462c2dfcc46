"""Who may do what: the policy, the scopes as data, the caller, and the rule engine.

This package never sees a table. What it gives (permits, conditions, bind values) is
plain data.
"""

from .engine import Engine, Permit, load
from .policy import ACTIONS, PolicyError
from .scopes import Condition, atoms
from .subject import Grant, Post, Subject

__all__ = [
    "ACTIONS",
    "Condition",
    "Engine",
    "Grant",
    "Permit",
    "PolicyError",
    "Post",
    "Subject",
    "atoms",
    "load",
]
