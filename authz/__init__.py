"""Who may: the policy, the scopes as data, the caller, and the engine that brings them together.

This room never sees a table: what it hands down (permits, atoms, bind values) is plain data.
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
