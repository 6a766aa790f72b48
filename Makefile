# What a newcomer types. Python 3.11 and make are all it takes.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
STAMP := $(VENV)/.installed
# Tests at once: some wait for a process or the disk, so one more than a small machine has cores.
JOBS ?= 3
# Compiled modules are kept whatever the shell says: a test starts many processes that load the same.
unexport PYTHONDONTWRITEBYTECODE

# Half of what the pure tests compute, and the other half: two processes that load half each take two
# thirds of what workers of one pytest take, which load all and tell each result on.
SOME_UNITS := $(sort $(wildcard tests/unit/test_[a-o]*.py))
OTHER_UNITS := $(filter-out $(SOME_UNITS),$(sort $(wildcard tests/unit/test_*.py)))

.PHONY: help install run unit some-units other-units test pure suite long bench lint docs sbom lock clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install: $(STAMP) ## Make .venv with the locked packages and the commands

$(STAMP): requirements-dev.lock requirements-build.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("casetrack needs Python 3.11 or newer; try: make PYTHON=python3.11") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock -r requirements-build.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## Install, load the demo and start everything on 127.0.0.1:8000
	$(VENV)/bin/casetrack up

unit: install ## Run the pure tests: no service, no process, no browser, few examples
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target some-units other-units

some-units: install
	CASETRACK_TEST_EXAMPLES=few $(VENV)/bin/python -m pytest -q $(SOME_UNITS)

other-units: install
	CASETRACK_TEST_EXAMPLES=few $(VENV)/bin/python -m pytest -q $(OTHER_UNITS)

test: install ## Run lint, types and tests; what needs a missing service is skipped by name
	$(MAKE) --no-print-directory --jobs=2 pure suite

# The pure tests are half of all, and each takes less time than to be handed out and told on.
pure: install
	$(MAKE) --no-print-directory lint
	$(VENV)/bin/python -m pytest -q tests/unit

suite: install
	$(VENV)/bin/python -m pytest -q -n $(JOBS) --dist loadscope --no-loadscope-reorder --ignore=tests/unit tests

long: install ## Run what takes hours: a thousand kills, big logs, ten thousand examples
	CASETRACK_TEST_EXAMPLES=10000 $(VENV)/bin/python -m pytest -q -n 2 tests/unit tests/contract/test_order_of_refusals.py
	CASETRACK_TEST_EXAMPLES=300 $(VENV)/bin/python -m pytest -q -n 2 tests/integration/test_schemathesis.py
	$(VENV)/bin/python -m pytest -q -m long

bench: install ## Measure everything beside its limit and its peers, into docs/performance.md: ten minutes
	$(VENV)/bin/casetrack bench --page

lint: install ## ruff, mypy strict, import contracts, dead names, secrets
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/python -m tests.support.dead_names
	$(VENV)/bin/python -m tests.support.secret_scan

docs: install ## Print the tables and draw the picture of docs/ anew from the code
	$(VENV)/bin/python docs/print_tables.py
	$(VENV)/bin/python docs/draw_transition.py

sbom: install ## Write the list of an installation's parts, CycloneDX, to build/sbom.json
	$(VENV)/bin/python docs/print_parts.py

COMPILE := $(VENV)-lock/bin/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --no-header

lock: ## Lock the newest versions that pyproject.toml allows: run time, development, build
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet pip-tools
	$(COMPILE) --extra otel --extra files --extra s3 --extra sign --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --allow-unsafe --only-build-deps --all-build-deps --output-file requirements-build.lock pyproject.toml
	rm -rf $(VENV)-lock

clean: ## Remove what make install made; data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info
