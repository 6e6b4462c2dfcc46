"""What every server of the tests imports and builds at its start, done once.

`tests/servers.py` forks from here. All of it is the same for every register: the schema,
the documents and templates of the console, the mapping.
"""

from sqlalchemy.orm import configure_mappers

import server.cli  # noqa: F401 imported before the fork
from console.kernel.rendering import environment
from console.site import SITE
from schema.contract import types
from server.app import tune_garbage_collection

SITE.library(types().schema)
configure_mappers()
for template in environment().list_templates(extensions=["html"]):
    environment().get_template(template)
tune_garbage_collection()
