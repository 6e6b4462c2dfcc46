"""Who may do what: the policy, the scopes as data, the caller, and the rule engine.

This package never sees a table. What it gives (permits, conditions, bind values) is
plain data.
"""

from authz.engine import Engine, Permit, load
from authz.policy import ACTIONS, PolicyError
from authz.scopes import Atom, atoms
from authz.subject import Grant, Post, Subject

__all__ = [
    "ACTIONS",
    "Atom",
    "Engine",
    "Grant",
    "Permit",
    "PolicyError",
    "Post",
    "Subject",
    "atoms",
    "load",
]
