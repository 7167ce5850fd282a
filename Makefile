# Everything here sets itself up in .venv the first time; after that it starts at once.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install --constraint constraints.txt

# A test file stays with one worker, and the files begin in their order: those of real servers are slow and come early. They wait more than
# they work: WORKERS=4 takes 6.6 minutes instead of 10.8 on two processors, and is where a test that counts on an order shows itself.
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: run test test-painting test-js check bench faults faults-vs-sdk doctor-table screenshots format clean

run: $(VENV)/ready-run
	@$(BIN)/canvas-tui $(ARGS)

test: $(VENV)/ready-dev
	@$(PYTEST) $(ARGS)

# The screen's tests with the program's own painting, on a terminal that has left and right margins, and with Textual's painting.
test-painting: $(VENV)/ready-dev
	@for way in own margins textual; do \
	  echo "painting: $$way"; \
	  CANVAS_TUI_TEST_PAINTING=$$way $(PYTEST) tests/ui tests/e2e $(ARGS) || exit 1; \
	done

# The program on the real JavaScript server, with a small graph of Open Canvas's schema: needs npm, and two minutes.
test-js: $(VENV)/ready-dev
	@$(BIN)/python -m pytest -q -rs tests/js/scenarios.py $(ARGS)

check: $(VENV)/ready-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/ready-dev
	@$(BIN)/python -m bench $(ARGS)

# Every fault on the real server, through the fault lab, and 20,000 random schedules of them: three quarters of an hour.
# ARGS="--only F23 --runs 20" plays one; python -m tests.faults --help tells the rest.
faults: $(VENV)/ready-dev
	@$(BIN)/python -m tests.faults $(ARGS)

# The same cuts for this program and for the official SDK, on the same server: about fifteen minutes.
faults-vs-sdk: $(VENV)/ready-dev
	@$(BIN)/python -m tests.faults.versus $(ARGS)

# Doctor on every fault, on the real server through the fault lab: four minutes. ARGS="--healthy 50": runs in which nobody may be accused.
doctor-table: $(VENV)/ready-dev
	@$(BIN)/python -m bench.doctor_table $(ARGS)

screenshots: $(VENV)/ready-dev
	@$(BIN)/python -m screenshots.make $(ARGS)

format: $(VENV)/ready-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache snapshot_report.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What runs the program also tests it: ready-dev holds all that ready-run does.
$(VENV)/ready-run: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	@echo "Setting up canvas-tui and its local agent in $(VENV): a minute or two, the first time only."
	@$(PIP) --editable '.[local]'
	@touch $@

$(VENV)/ready-dev: pyproject.toml constraints.txt | $(VENV)/pyvenv.cfg
	@echo "Setting up the tests in $(VENV): a minute or two, the first time only."
	@$(PIP) --editable '.[local,dev]'
	@touch $@ $(VENV)/ready-run

# pyvenv.cfg is written by venv before pip is there: it is kept only where the whole of it worked.
$(VENV)/pyvenv.cfg:
	@for python in '$(PYTHON)' python3.13 python3.12 python3.11 python3.14; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "canvas-tui needs Python 3.11 or newer; '$(PYTHON)' is $$('$(PYTHON)' --version 2>&1 || echo not there)." >&2; \
	  echo "Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; \
	fi; \
	if ! "$$found" -m venv --clear $(VENV); then \
	  rm -rf $(VENV); \
	  echo "$$found cannot make a virtual environment here (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; \
	fi
