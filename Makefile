# What a newcomer types. Everything that is needed is set up on the way: on Debian as root fully, else with one line
# to run first, which is printed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## list what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: run
run: $(VENV)/.ready ## set up, then serve a demonstration site with simulated chargers
	@exec $(BIN)/edge-csms demo .demo-data

.PHONY: test
test: $(VENV)/.ready-for-tests browser ## set up, then run all tests but the slow ones
	@$(BIN)/pytest -m "not site"

.PHONY: test-failed
test-failed: $(VENV)/.ready-for-tests ## run the tests again that failed the last time
	@$(BIN)/pytest -m "not site" --last-failed --last-failed-no-failures none

.PHONY: check
check: $(VENV)/.ready-for-tests ## lint, format, types, who imports whom, and the rules of the house
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -q tests/test_architecture.py

.PHONY: binary
binary: ## build dist/edge-csms (one file), dist/edge-csms-dir (starts faster) and what belongs to them
	@PYTHON=$(PYTHON) packaging/build

.PHONY: deb
deb: binary ## build the Debian package of it
	@packaging/build-deb

.PHONY: release-key
release-key: $(VENV)/.ready ## make the pair of keys that releases are signed with and checked by: KEYS=DIRECTORY
	@$(BIN)/python packaging/release.py key $(or $(KEYS),$(error say where, on a disk that is kept safe: KEYS=DIRECTORY))

.PHONY: release
release: $(VENV)/.ready ## make the signed release file of dist/edge-csms-dir: KEY=DIRECTORY/release-key.pem
	@$(BIN)/python packaging/release.py release $(or $(KEY),$(error say which key signs it: KEY=FILE))

.PHONY: reproduce
reproduce: ## build twice in different places and compare
	@PYTHON=$(PYTHON) packaging/reproduce

.PHONY: lock
lock: ## renew the versions that the executable is built from
	@PYTHON=$(PYTHON) packaging/lock

# What is tried with the executable too. In tests/scenarios it serves the sites, and what looks inside of the server is
# skipped. The attacks stay with the source: some count milliseconds, and what they break is not what a build can break.
OF_THE_EXECUTABLE := tests/cli tests/scenarios tests/web/page/test_restart.py --ignore tests/scenarios/attack

.PHONY: site-test
site-test: $(VENV)/.ready-for-tests deb ## slower proofs: the executable as its user tries it, disks, kills and clocks
	@EDGE_CSMS_EXECUTABLE=$(CURDIR)/dist/edge-csms-dir/edge-csms $(BIN)/pytest tests/packaging $(OF_THE_EXECUTABLE)
	@$(BIN)/pytest -m site --ignore tests/packaging

.PHONY: torture
torture: $(VENV)/.ready-for-tests ## 40 minutes or more of kills, power cuts, full disks and bad input; tests/torture/COVERAGE.md says which
	@EDGE_CSMS_ROUNDS=long $(BIN)/pytest -s tests/torture tests/scenarios/attack

.PHONY: format
format: $(VENV)/.ready-for-tests ## format the code
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format

.PHONY: bench
bench: $(VENV)/.ready ## measure the server beside two others, in some minutes; BENCH="--help" tells what else
	@PYTHONPATH=packaging $(BIN)/python -m bench $(BENCH)

.PHONY: clean
clean: ## remove what can be made again, but no data
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis

# --- set-up: the stamps make repeated runs fast, and a changed pyproject.toml installs anew ---

$(VENV)/.ready: $(VENV)/bin/pip pyproject.toml
	@echo "Installing edge-csms into $(VENV) ..."
	@$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.ready-for-tests: $(VENV)/bin/pip pyproject.toml
	@echo "Installing edge-csms and the tools for its tests into $(VENV) ..."
	@$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.ready

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("edge-csms needs Python 3.11 or newer")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || packaging/need python3-venv
	@$(PYTHON) -m venv $(VENV)

.PHONY: browser
browser:
	@command -v chromium >/dev/null || packaging/need chromium --or-skip "the tests of the admin page"
