"""`python -m tests.mutants [--sample N] [--tests PATH…] FOLDER…`: the survivors, and 1 if one of them has no reason."""

import argparse
import sys
from pathlib import Path

import pytest

from .run import SURVIVED, UNTESTED, Run

ROOT = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("explained.txt")
"""One survivor a line, and after ` # ` why no test can tell it from the code."""
TESTS = (
    "tests/records",
    "tests/authz",
    "tests/imports/test_reading_files.py",
    "tests/server/test_payroll.py",
    "tests/sign_in/test_sessions.py",
)


def explained() -> dict[str, str]:
    lines = EXPLAINED.read_text("utf-8").splitlines()
    pairs = [
        line.partition("  # ") for line in lines if line and not line.startswith("#")
    ]
    return {name.strip(): reason for name, _, reason in pairs}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__
    )
    parser.add_argument(
        "places",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="what is mutated: folders or files",
    )
    parser.add_argument(
        "--sample", type=int, default=1, metavar="N", help="one mutant in N"
    )
    parser.add_argument(
        "--tests",
        nargs="+",
        default=TESTS,
        metavar="PATH",
        help="the tests that must notice",
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=2,
        metavar="N",
        help="how many mutants are tried at once",
    )
    parser.add_argument("--slow", action="store_true", help="the slow tests too")
    options = parser.parse_args()

    files = [
        file
        for place in options.places
        for file in ([place] if place.is_file() else sorted(place.rglob("*.py")))
    ]
    run = Run(ROOT, [ROOT / file for file in files], options.sample, options.processes)
    pytest.main(
        [
            "-q",
            "-s",
            "--sqlite",
            *([] if options.slow else ["-m", "not slow"]),
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            *options.tests,
        ],
        [run],
    )

    reasons = explained()
    alive = [
        name for name, outcome in run.results.items() if outcome in {SURVIVED, UNTESTED}
    ]
    without = [name for name in alive if name not in reasons]
    print(
        ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.counts.items()))
    )
    print(
        f"{len(alive) - len(without)} survivors are explained, {len(without)} are not:"
    )
    print(*without, sep="\n")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
