PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo unit quick test full mutants check bench schema migration lock clean

demo: $(READY)
	$(BIN)/habilitations demo

# The tests are in four tiers, each with all of the one before it; each file keeps to one process (and all of
# tests/reading to one, which starts first: they share what they compile); each process has its own registers and, where no server is given in TEST_POSTGRES_URL, its own PostgreSQL.
#
#   make unit   the rules, without a server and without PostgreSQL: while you write      (under a minute)
#   make quick  and the graph on SQLite: reading, acts, four journeys: before you commit (under four minutes)
#   make test   everything on both databases, in browsers too, but two thirds of the tests in thirds (ten minutes)
#   make full   everything                                                               (half an hour)
#
# In thirds are the generated cases, and on PostgreSQL the stories that SQLite tells each time: all but `make full`
# run the third that the commit chooses (see docs/contributing.md).
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
UNIT := tests/house tests/records tests/authz \
	$(addprefix tests/console/test_,casting.py documents.py files.py masking.py templates.py typography.py) \
	$(addprefix tests/server/test_,clock.py payroll.py settings.py) \
	$(addprefix tests/imports/test_,reading_files.py)
QUICK := $(UNIT) tests/acting tests/imports tests/sign_in/test_sessions.py \
	$(addprefix tests/reading/test_,declarations.py dated_ids.py filters.py on.py pages.py rights.py timelines.py trees.py \
		viewer_can.py viewer_can_state.py who_sees_what.py without_manager.py) \
	$(addprefix tests/journeys/test_,four_cases.py opening_esat_centralised.py suspending.py why_not.py)

unit: $(READY)
	$(PYTEST) --sqlite --third -m "not slow" $(UNIT)

quick: $(READY)
	$(PYTEST) --sqlite --third -m "not slow" $(QUICK)

test: $(READY)
	$(PYTEST) --durations 25 --third

full: $(READY)
	$(PYTEST) --durations 25

# Each line of these packages is written otherwise, one at a time: a test must notice. The survivors are printed, and the
# run fails for those that tests/mutants/explained.txt does not explain. Hours: `make mutants SAMPLE=20` tries one in 20.
SAMPLE := 1

mutants: $(READY)
	$(BIN)/python -m tests.mutants --sample $(SAMPLE) persistence/records authz; rules=$$?; \
	$(BIN)/python -m tests.mutants --sample $(SAMPLE) persistence/facts --tests \
		$(addprefix tests/reading/test_,explaining.py filters.py on.py rights.py viewer_can.py viewer_can_state.py \
			without_manager.py) $(addprefix tests/records/test_,contacts.py lateness.py onboarding.py rights.py) --slow; \
	exit $$((rules + $$?))

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/djlint --check --quiet console
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/habilitations schema --check

bench: $(READY)
	$(BIN)/python -m tests.bench

schema: $(READY)
	$(BIN)/habilitations schema

# `make migration m="Keep contacts"`: the next step of the register, from what the records have and it has not.
migration: $(READY)
	$(BIN)/python -m persistence.migrations "$(m)"
	$(BIN)/ruff check --quiet --fix persistence/migrations
	$(BIN)/ruff format --quiet persistence/migrations

# Everything installed is what the lock names, by hash; ourselves last, without a network.
$(READY): requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# `make lock UPGRADE=--upgrade` takes newer versions. The locks name no index: it is each machine's own.
COMPILE := env -u PIP_FIND_LINKS CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --generate-hashes \
	--allow-unsafe --strip-extras --no-annotate --no-emit-options --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links $(UPGRADE)
DEV := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")

lock: $(READY)
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(BIN)/python -c '$(DEV)' | $(COMPILE) --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml -

clean:
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
