"""An unsafe request comes from our own pages, or is refused."""

import pytest

from server.sign_in.same_origin import same_origin

from .conftest import HOME, request

CASES = [
    ("GET", {}, True),
    ("HEAD", {"sec_fetch_site": "cross-site"}, True),
    ("POST", {"sec_fetch_site": "same-origin"}, True),
    ("POST", {"sec_fetch_site": "same-origin", "origin": HOME}, True),
    ("POST", {"origin": HOME}, True),
    ("POST", {}, False),
    ("PUT", {}, False),
    ("DELETE", {}, False),
    ("POST", {"sec_fetch_site": "same-site"}, False),
    ("POST", {"sec_fetch_site": "cross-site"}, False),
    ("POST", {"sec_fetch_site": "none"}, False),
    ("POST", {"sec_fetch_site": ""}, False),
    ("POST", {"sec_fetch_site": "cross-site", "origin": HOME}, False),
    ("POST", {"origin": "null"}, False),
    ("POST", {"origin": "http://localhost"}, False),
    ("POST", {"origin": f"{HOME}:8443"}, False),
    ("POST", {"origin": f"{HOME}.pirate.example"}, False),
    ("POST", {"origin": ""}, False),
    ("POST", {"referer": f"{HOME}/"}, False),
]


@pytest.mark.parametrize(("method", "headers", "ours"), CASES, ids=str)
def test_a_request_that_changes_something_is_told_by_the_browser_to_be_ours(
    method: str, headers: dict[str, str], *, ours: bool
) -> None:
    assert same_origin(request({}, method, **headers), HOME) is ours
