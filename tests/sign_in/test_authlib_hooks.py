"""What `server.oidc` does around the import of Authlib, and why.

Authlib warns that it prefers httpx2, which we do not use, and makes its own warnings
always shown. `pyproject.toml` bounds the version of Authlib; this file says what to check
before the bound moves.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENT = "from authlib.integrations.httpx_client import AsyncOAuth2Client"


def errors_of(program: str) -> str:
    """Run a program in an interpreter of its own; return what it says on its error output."""
    done = subprocess.run(  # noqa: S603 ourselves
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def test_authlib_warns_about_httpx_even_when_warnings_are_ignored_before_its_import() -> (
    None
):
    program = f"import warnings\nwarnings.simplefilter('ignore')\n{CLIENT}"

    assert "AuthlibDeprecationWarning" in errors_of(program)


def test_a_filter_after_the_import_of_its_module_of_warnings_silences_it() -> None:
    program = (
        f"import warnings, authlib.deprecate\nwarnings.simplefilter('ignore')\n{CLIENT}"
    )

    assert errors_of(program) == ""


def test_our_client_is_imported_without_a_warning() -> None:
    assert errors_of("import server.sign_in.oidc") == ""
