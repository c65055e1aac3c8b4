# `make run` starts the dashboard; `make test` tests it, `make test-services` with PostgreSQL
# and other people's Dask clusters; `make test-benchmarks` tests the benchmarks' commands;
# `make check` only checks.
# Whatever is missing is installed first, once.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: run test test-first test-second test-third
.PHONY: test-benchmarks test-services check format clean

run: $(VENV)/installed
	$(BIN)/streamlit run app.py

SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync)

test: $(VENV)/installed-dev
	$(BIN)/python tests/browser/chromium.py
	$(MAKE) --jobs=3 $(SYNC) test-first test-second test-third

# In three processes of about the same length, so that some compute while others wait.
SECOND := tests/browser tests/core tests/store tests/engine/worker

test-first:
	$(BIN)/python -m pytest tests/browser/runs

test-second:
	$(BIN)/python -m pytest $(SECOND) --ignore=tests/browser/runs

test-third:
	$(BIN)/python -m pytest $(addprefix --ignore=,$(SECOND) tests/benchmarks)

test-benchmarks: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/benchmarks

test-services: $(VENV)/installed-dev
	$(BIN)/python tests/services/postgresql.py
	$(BIN)/python -m pytest -m services

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

# Debian's python3 has venv in a package of its own.
$(VENV)/created:
	$(PYTHON) -c "import ensurepip, venv" || (apt-get update && apt-get install -y python3-venv)
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/installed: $(VENV)/created requirements.txt
	$(BIN)/python -m pip install -r requirements.txt
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install -r requirements-dev.txt
	touch $@
