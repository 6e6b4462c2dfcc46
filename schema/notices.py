"""Les avertissements et les refus gardés d'une ligne."""

import orjson

from persistence import records
from resolvers.acting.refusal_paths import as_graph_notice


def notices(stored: str | None) -> list[records.Notice]:
    """From JSON text: code, path, detail."""
    result = []
    for code, path, detail in orjson.loads(stored) if stored else ():
        notice = records.Notice(records.Rule[code], tuple(path), detail)
        result.append(as_graph_notice(notice))
    return result
