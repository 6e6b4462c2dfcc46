"""The files of acts, in the order in which `viewerCan` lists what they declare.

A file declares its acts, and the records that they bear on, as it is imported.
"""

# isort: off
from . import invitations
from . import users
from . import workers
from . import conventions
from . import suspensions
from . import managers
from . import bulletins
from . import declarations
from . import corrections
from . import drafts
from . import activity_changes
from . import payers
from . import reminders
from . import rosters
from . import exports
from . import groups
from . import imports
from . import mandates
from . import organisms
from . import partners
from . import services
from . import successions
from . import treatments
from .permissions import ACTS
# isort: on

__all__ = [
    "ACTS",
    "activity_changes",
    "bulletins",
    "conventions",
    "corrections",
    "declarations",
    "drafts",
    "exports",
    "groups",
    "imports",
    "invitations",
    "managers",
    "mandates",
    "organisms",
    "partners",
    "payers",
    "reminders",
    "rosters",
    "services",
    "successions",
    "suspensions",
    "treatments",
    "users",
    "workers",
]
