PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check bench schema lock clean

demo: $(READY)
	$(BIN)/habilitations demo

# Each worker has its own registers and, where no server is given, its own PostgreSQL.
test: $(READY)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --durations 25

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/habilitations schema --check

bench: $(READY)
	$(BIN)/python -m tests.bench

schema: $(READY)
	$(BIN)/habilitations schema

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
