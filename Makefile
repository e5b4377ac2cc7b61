# One command each. `make setup` makes .venv from nothing but Python and a package index; every other target stands on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ok

.PHONY: setup run test test-slow check lint types layers docs bench lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) tools/make_venv.py $(VENV) requirements.lock
	touch $@

run: setup
	$(BIN)/coldspin paper --output out/paper --force

test: setup
	$(BIN)/python -m pytest -n 2

test-slow: setup
	$(BIN)/python -m pytest -m slow

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

docs: setup
	$(BIN)/sphinx-build -W --keep-going -b html docs out/docs
	$(BIN)/python tools/check_pages.py out/docs

check: lint types layers test docs

bench: setup
	$(BIN)/python benchmarks/run.py

lock: setup
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
