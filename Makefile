# One command each. `make setup` makes .venv from nothing but Python and a package index; every other target stands on it.
PYTHON ?= python3
VENV ?= .venv
LOWEST := .venv-lowest
BENCH := .venv-bench
BIN := $(VENV)/bin
STAMP := $(VENV)/.ok

.PHONY: setup run browser test test-slow test-lowest test-install check lint types layers review docs dist api bench lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) tools/make_venv.py $(VENV) -r requirements.lock --no-deps -e .
	touch $@

run: setup
	$(BIN)/coldspin paper --output out/paper --force

browser: # Debian's Chromium, for tests in a real browser; they skip where there is none
	command -v chromium || { apt-get update && apt-get install -y --no-install-recommends chromium; }

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations=10

test-slow: setup # names each test before it runs
	$(BIN)/python -m pytest -m slow -v --durations=20

test-lowest: # uv alone can take the oldest versions; compiled kernels of another Numba are kept apart
	$(PYTHON) tools/make_venv.py $(LOWEST) --resolution lowest-direct -e ".[test]"
	NUMBA_CACHE_DIR=$(abspath $(LOWEST))/kernels $(LOWEST)/bin/python -m pytest -n 2 --dist worksteal --durations=10

test-install: dist
	$(BIN)/python tools/check_install.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

review: setup
	$(BIN)/repo-review .
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff

docs: setup
	$(BIN)/sphinx-build -W --keep-going -b html docs out/docs
	$(BIN)/python tools/check_pages.py out/docs

check: lint types layers review test docs

dist: setup
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/twine check --strict dist/*

api: setup
	$(BIN)/python tests/public_api.py

bench: # beside the lock, as QuSpin, with which it compares, takes a gigabyte
	$(PYTHON) tools/make_venv.py $(BENCH) -c requirements.lock -e ".[dev]" quspin==1.0.1 threadpoolctl
	$(BENCH)/bin/python benchmarks/run.py

lock: setup
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(LOWEST) $(BENCH) out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
