# Everything from a fresh clone. Needs Python 3.11 to 3.13 and make; `make servers` also mvn, go, node and apt.

# The first that runs: a version manager may name some that do not.
PYTHON ?= $(shell for one in python3.11 python3.12 python3.13; do $$one -c '' 2>/dev/null && echo $$one && exit; done; echo python3)
STORES ?= embedded
PACK ?= demo
SEED ?= 0
TESTS ?= tests
SOAK_SECONDS ?= 1800

VENV := .venv
TOOLS := .tools
UV := $(TOOLS)/bin/uv
INSTALLED := $(VENV)/.installed
DEV := deployments/dev

.PHONY: help install demo test check bench faults soak screenshots up down servers lock
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## .venv with everything that is locked

demo: install ## bring the platform up with the demo enterprise, and ask it questions
	@if $(VENV)/bin/ecp status >/dev/null 2>&1; then \
		echo "The platform is up already; the demo is loaded into it."; $(VENV)/bin/ecp import deployments/demo; \
	else $(VENV)/bin/ecp up --demo --detach; fi
	$(VENV)/bin/ecp demo
	@echo
	@echo "The platform stays up. \`$(VENV)/bin/ecp status\` shows it, \`make down\` stops it."

up: install ## bring the platform up in the foreground
	$(VENV)/bin/ecp up --stores=$(STORES)

down: install ## stop the platform
	$(VENV)/bin/ecp down

test: install ## the suite; STORES=server, PACK=renamed SEED=n, TESTS=tests/stores
	$(VENV)/bin/python -m pytest -q --stores=$(STORES) --pack=$(PACK) --seed=$(SEED) $(TESTS)

check: install ## lint, format, types, imports, lock
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	@if grep -nE 'https?://|--(extra-)?index-url' requirements.lock; then echo "requirements.lock names a host"; exit 1; fi
	@echo "requirements.lock names no host"

bench: install ## measure on a platform of its own, and write docs/benchmarks.md; BENCH=--quick to see that it runs
	$(VENV)/bin/python -m bench $(BENCH)

faults: install ## every fault of every store on real servers, pairs, and the settings as shipped
	$(VENV)/bin/python -m pytest -q --stores=server --faults=all tests/faults tests/never/test_any_order_of_events.py

soak: install ## keep a platform busy for SOAK_SECONDS (1800); memory and descriptors must stay flat
	$(VENV)/bin/python -m tests.faults.soak $(SOAK_SECONDS)

screenshots: install ## pictures of the Prefect UI for docs/operating.md; needs the browser of `make servers`
	$(VENV)/bin/python -m tests.ui.screenshots docs/images

servers: ## fetch the real servers into ECP_SERVERS_DIR (~/.cache/ecp/servers)
	@$(PYTHON) -P ecp/platform/servers.py

lock: $(UV) ## resolve requirements.lock anew
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --group dev -o requirements.lock pyproject.toml

$(UV): $(DEV)/installer.txt
	@echo "Installing uv into $(TOOLS) …"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] \
		if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	@$(PYTHON) -m venv $(TOOLS)
	@printf '*\n' > $(TOOLS)/.gitignore
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DEV)/installer.txt
	@touch $(UV)

$(INSTALLED): requirements.lock pyproject.toml $(DEV)/build-constraints.txt | $(UV)
	@echo "Installing what requirements.lock names into $(VENV) …"
	@test -x $(VENV)/bin/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@VIRTUAL_ENV=$(VENV) $(UV) pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --build-constraints $(DEV)/build-constraints.txt --editable .
	@touch $(INSTALLED)
