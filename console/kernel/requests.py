"""What a request says: its address, what was typed, where to go back."""

from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from .ports import Typed

TOKEN = "_jeton"  # noqa: S105 the name of a field
NAVIGATION = {"saisie", "requete", "fait", "retour"}
"""Parameters that only say how somebody came to a form."""


def address(request: Request) -> str:
    """The path and the query of a request: where to come back to."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def draft_address(request: Request) -> str:
    """The address of a form, without the parameters of navigation, and in one order."""
    parameters = request.query_params.multi_items()
    pairs = [(name, value) for name, value in parameters if name not in NAVIGATION]
    query = urlencode(sorted(pairs))
    return request.url.path + (f"?{query}" if query else "")


def with_query(address: str, **parameters: str) -> str:
    """The address with these parameters added to its query."""
    separator = "&" if "?" in address else "?"
    return address + separator + urlencode(parameters)


def local_path(path: str, default: str = "/") -> str:
    r"""The path when it is one of ours, or else the default.

    The path comes from an address, which anybody may write: it must not lead to
    another host. A browser drops tabs and newlines, and takes `\` for `/`.
    """
    is_rooted = path.startswith("/") and not path.startswith(("//", "/\\"))
    if not is_rooted or "\\" in path or not path.isprintable():
        return default
    return default if urlsplit(path).netloc else path


def typed(form: FormData) -> Typed:
    """The texts of a form, without its token and its files."""
    return [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name != TOKEN
    ]


def texts(pairs: Typed) -> dict[str, list[str]]:
    """The values of each name, in their order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def last_text(values: dict[str, list[str]], name: str, default: str = "") -> str:
    """The last value of a field; a hidden field may precede a box of the same name."""
    return values.get(name, [default])[-1]


def files(form: FormData) -> dict[str, UploadFile]:
    """The files that were chosen in a form, by field."""
    return {
        name: value
        for name, value in form.multi_items()
        if isinstance(value, UploadFile) and value.filename
    }


def pairs(request: Request) -> list[tuple[str, str]]:
    """What an address says: its parameters, then the parts of its path."""
    path_pairs = [(name, str(value)) for name, value in request.path_params.items()]
    return [*request.query_params.multi_items(), *path_pairs]
