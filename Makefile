# `make run` starts the dashboard; `make test` tests it; `make test-long` tests what takes long:
# runs watched to their end in a browser, the look of all pages, clusters whose workers fail, the
# benchmarks; `make test-services` tests with PostgreSQL and other people's Dask clusters;
# `make check` only checks.
# Whatever is missing is installed first, once.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: run test test-browser test-inside test-others
.PHONY: test-long test-watched test-look test-engine test-benchmarks test-services
.PHONY: check format clean

run: $(VENV)/installed
	$(BIN)/streamlit run app.py

SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync)

WATCHED := tests/browser/runs tests/browser/look
LONG := $(WATCHED) $(wildcard tests/engine/test_*.py) tests/benchmarks

test: $(VENV)/installed-dev
	$(BIN)/python -m tests.browser.chromium
	$(MAKE) --jobs=3 $(SYNC) test-browser test-inside test-others

# In three processes of about the same length, so that some compute while others wait.
INSIDE := tests/core tests/store tests/engine

test-browser:
	$(BIN)/python -m pytest tests/browser $(addprefix --ignore=,$(WATCHED))

test-inside:
	$(BIN)/python -m pytest $(INSIDE) $(addprefix --ignore=,$(LONG))

test-others:
	$(BIN)/python -m pytest $(addprefix --ignore=,$(LONG) $(INSIDE) tests/browser)

test-long: test-watched test-look test-engine test-benchmarks

# All pages in all states at six widths, light and dark: minutes of two processors.
LOOK := tests/browser/look/test_look.py

test-watched: $(VENV)/installed-dev
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest $(WATCHED) --ignore=$(LOOK)

test-look: $(VENV)/installed-dev
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest $(LOOK)

test-engine: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(filter tests/engine/%,$(LONG))

test-benchmarks: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/benchmarks

test-services: $(VENV)/installed-dev
	$(BIN)/python -m tests.services.postgresql
	$(BIN)/python -m pytest -m services tests/services tests/store

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

# Bytecode is compiled by all processors, where pip would use one; what another Python's
# syntax needs is passed over.
COMPILE := $(BIN)/python -m compileall -qq -j 0 $(VENV)

$(VENV)/installed: $(VENV)/created requirements.txt
	$(BIN)/python -m pip install --no-compile -r requirements.txt
	-$(COMPILE)
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --no-compile -r requirements-dev.txt
	-$(COMPILE)
	touch $@
