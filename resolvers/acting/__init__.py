"""Acts: what a file of `resolvers/` needs to write one, and what performs it."""

from .act import AGENTS, Act
from .act_types import FILE, ROW, Done, Loads
from .inputs import ActInput, ChangeInput, EstablishmentBy, PreviewInput
from .permission import Doing, permission
from .refusal_paths import at, under

__all__ = [
    "AGENTS",
    "FILE",
    "ROW",
    "Act",
    "ActInput",
    "ChangeInput",
    "Doing",
    "Done",
    "EstablishmentBy",
    "Loads",
    "PreviewInput",
    "at",
    "permission",
    "under",
]
