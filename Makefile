# make run    set up what is missing, build the release, serve it (PORT=8000)
# make test   set up what is missing, pass every check

PORT ?= 8000
BASE ?= http://localhost:$(PORT)/
# A release belongs to its base IRI, so another port has its own.
VAR ?= $(if $(filter 8000,$(PORT)),var,var/$(PORT))
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests that need something absent skip and say so; CI forbids skipping with SKIPPING=forbidden.
SKIPPING ?= allowed
# The source pages and official test data, which are not part of the project.
SHARED ?= $(or $(METROPOLIS_KG_SHARED),../shared)

PYTEST = SKIPPING=$(SKIPPING) METROPOLIS_KG_SHARED=$(SHARED) $(BIN)/pytest --quiet
SEVERAL = --numprocesses logical --dist loadfile -m "not alone"
# Run in processes of their own: libraries of clients change what others find in the same process.
SERVED := tests/browser tests/clients tests/cli tests/docs tests/store tests/web

FRONTEND := $(wildcard frontend/package*.json frontend/.npmrc frontend/build.mjs frontend/src/*.js)

.PHONY: help run test lock benchmark clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile | head -n 2

run: $(VENV)/run.stamp
	@echo "==> building the release for $(BASE)"
	@$(BIN)/metropolis-kg --var $(VAR) build --base $(BASE)
	@echo "==> serving on $(BASE) (stop with Ctrl-C)"
	@$(BIN)/metropolis-kg --var $(VAR) serve --port $(PORT)

test: $(VENV)/dev.stamp
	@echo "==> ruff"
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "==> mypy"
	@$(BIN)/mypy
	@echo "==> layers"
	@$(BIN)/lint-imports --no-cache
	@echo "==> content"
	@$(BIN)/metropolis-kg format --check
	@$(BIN)/metropolis-kg validate $(if $(wildcard $(SHARED)/source),--sources $(SHARED)/source)
	@echo "==> reference pages"
	@$(BIN)/python docs/generate.py --check
	@echo "==> examples in docstrings"
	@$(BIN)/pytest --quiet --doctest-modules src
	@echo "==> pytest, on every processor"
	@$(PYTEST) $(SEVERAL) $(SERVED:%=--ignore=%)
	@echo "==> pytest of servers, browsers and commands, on every processor"
	@$(PYTEST) $(SEVERAL) $(SERVED)
	@echo "==> pytest, what measures time or fills the machine, one after another"
	@$(PYTEST) -m alone $$(grep --recursive --files-with-matches --include='test_*.py' 'mark.alone' tests)

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "make: needs Python 3.11 or newer as '$(PYTHON)'; install it, or name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "make: this Python has no venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "==> making the virtual environment $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements.txt pyproject.toml hatch_build.py $(FRONTEND) | $(VENV)/made.stamp
	@echo "==> installing what the program needs (requirements.txt), and making the editor of the query page (frontend/)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "==> installing what the checks need (requirements-dev.txt)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Lock files name versions and hashes, no download addresses.
lock: | $(VENV)/made.stamp
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev pyproject.toml -o requirements-dev.txt

# BENCHMARK has more options, such as --sizes 10k.
benchmark: $(VENV)/dev.stamp
	@$(BIN)/python benchmarks/report.py $(BENCHMARK)

clean:
	rm -rf $(VENV) build dist
