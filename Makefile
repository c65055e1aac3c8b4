# `make run` starts the dashboard; `make test` runs the tests, `make test-services` those
# with PostgreSQL and other people's Dask clusters; `make check` only checks.
# Whatever is missing is installed first, once.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: run test test-browser test-others test-services check format clean

run: $(VENV)/installed
	$(BIN)/streamlit run app.py

test: $(VENV)/installed-dev
	$(BIN)/python tests/browser/chromium.py
	$(MAKE) --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) test-browser test-others

# In two processes at once, so that others compute while Chromium waits.
test-browser:
	$(BIN)/python -m pytest tests/browser

test-others:
	$(BIN)/python -m pytest --ignore=tests/browser

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
