"""The acts of the desk, by the name of their mutation; each stands beside its document and its templates."""

from .act import Act, filled
from .bulletins import BULLETINS
from .conventions import CONVENTIONS
from .groups import GROUPS
from .imports import IMPORTS
from .organisms import ORGANISMS
from .partners import PARTNERS
from .users import USERS

_ALL = (*PARTNERS, *CONVENTIONS, *BULLETINS, *GROUPS, *USERS, *IMPORTS, *ORGANISMS)

ACTS = {act.name: act for act in _ALL}

__all__ = ["ACTS", "Act", "filled"]
