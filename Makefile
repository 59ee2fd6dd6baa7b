# dripcourse: one door for every chore. `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8025
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/runtime ## the whole product on one page, with a clock you can turn; nothing leaves this machine
	@$(BIN)/dripcourse demo --port $(PORT)

test: $(VENV)/dev ## every test, with its count and time
	@$(BIN)/python -m tests

coverage: $(VENV)/dev ## every test, and how much of the code they reach (twice as long)
	@COVERAGE=1 $(BIN)/python -m tests

check: $(VENV)/dev ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev ## measure both sides in one run and print the ratios
	$(BIN)/python -m bench

fix: $(VENV)/dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/dev ## make the pictures in docs/ anew (wants Chromium)
	$(BIN)/python docs/screenshots.py

lock: ## pin every dependency anew, with hashes and without index addresses (wants uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --extra postgres --group in-place pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --extra postgres --group dev pyproject.toml -o requirements-dev.lock

clean: ## forget the virtual environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* test-results

# The stamps: what is installed is what the lock says, and the project itself in place.
$(VENV)/runtime: requirements.lock pyproject.toml | $(VENV)/made
	@echo "Installing what dripcourse needs into $(VENV) (once; about half a minute) ..."
	@$(BIN)/python -m pip install -q --require-hashes --no-deps -r requirements.lock
	@$(MAKE) -s in-place
	@touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml | $(VENV)/made
	@echo "Installing what the tests need into $(VENV) (once; about a minute) ..."
	@$(BIN)/python -m pip install -q --require-hashes --no-deps -r requirements-dev.lock
	@$(MAKE) -s in-place
	@touch $@ $(VENV)/runtime

in-place:
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation --editable .

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dripcourse needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

.PHONY: help demo test coverage check bench fix screenshots lock clean in-place
