# `make run` starts the dashboard; `make test` runs the tests; `make check` only checks.
# Whatever is missing is installed first, once.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: run test check format clean

run: $(VENV)/installed
	$(BIN)/streamlit run app.py

test: $(VENV)/installed-dev
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest

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
