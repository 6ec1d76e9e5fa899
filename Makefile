# Every target sets itself up: a virtual environment in .venv, with uv where there is one, else pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO_READY := $(VENV)/.demo-ready
BENCH_READY := $(VENV)/.bench-ready
unexport PYTHONDONTWRITEBYTECODE  # or every process here would compile all that it imports
INSTALL := $$(command -v uv >/dev/null 2>&1 && echo "uv pip install --quiet --python $(BIN)/python" \
  || echo "$(BIN)/python -m pip install --quiet --disable-pip-version-check")

.PHONY: demo demo-live test quick test-all test-heavy installs lock docs check format lint types floors rules release bench clean

demo: $(DEMO_READY)
	@$(BIN)/python scripts/demo.py

# A week of made-up artists on fake platforms of this machine, in fast motion.
demo-live: $(DEMO_READY)
	@$(BIN)/python -m scripts.demo_live

# The heavy tests: Spark clusters, pages in a browser, a server killed round after round, error rates of the purge rules.
HEAVY := spark or browser or kill or rates
PYTEST := $(BIN)/pytest -n logical --maxprocesses 8

test: $(READY)
	$(PYTEST) --dist worksteal -m "not ($(HEAVY))" $(COVER)

quick: $(READY)
	$(PYTEST) --dist worksteal -m "not slow"

test-heavy: $(READY)
	$(PYTEST) --dist loadgroup -m "$(HEAVY)"

test-all: export HYPOTHESIS_PROFILE = ci
test-all: test test-heavy

# The wheel in empty environments: the newest dependencies, the oldest, the newest Python; each verifies the others' seasons.
installs: $(READY)
	$(BIN)/python scripts/check_installs.py

# What every environment of development gets, to the version. Run it after a change to pyproject.toml.
lock: $(READY)
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev --extra bench \
	  --no-annotate --no-header --output-file requirements-dev.txt pyproject.toml

docs: $(READY)
	$(BIN)/python scripts/cite_forgeries.py --check
	$(BIN)/zensical build --clean --strict
	@echo "open build/docs/index.html"

check: format lint types floors rules test

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

floors: $(READY)
	$(BIN)/lint-imports

rules: $(READY)
	$(BIN)/python scripts/freeze_rules.py --check
	$(BIN)/python scripts/write_reference.py --check
	$(BIN)/python scripts/write_command_reference.py --check

release: $(READY)
	$(BIN)/python scripts/release.py

bench: $(BENCH_READY)
	$(BIN)/python benchmarks/hello.py
	$(BIN)/python benchmarks/recount.py
	$(BIN)/python benchmarks/chart.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/audit_speed.py
	$(BIN)/python benchmarks/lockstep.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/site.py
	$(BIN)/python benchmarks/intake.py
	$(BIN)/python benchmarks/fetch.py
	$(BIN)/python benchmarks/release.py

clean:
	rm -rf $(VENV) examples/*/evidence examples/*/published examples/*/keys examples/*/vote examples/*/demo* examples/*/data/ballots

MAKE_VENV := if command -v uv >/dev/null 2>&1; then uv venv --quiet --allow-existing --python $(PYTHON) $(VENV); \
	else $(PYTHON) -m venv $(VENV); fi

$(READY): pyproject.toml requirements-dev.txt
	@$(MAKE_VENV)
	@$(INSTALL) --constraint requirements-dev.txt -e '.[dev]'
	@touch $(READY)

# Whoever runs the demo needs no tools of development; where they are, all is there.
$(DEMO_READY): pyproject.toml requirements-dev.txt
	@since=$$(date +%s); test $(READY) -nt pyproject.toml || { echo "== install into $(VENV)"; $(MAKE_VENV); \
	  $(INSTALL) --constraint requirements-dev.txt -e '.[serve,site,fetch]' && echo "   took $$(( $$(date +%s) - since )) s"; }
	@touch $(DEMO_READY)

$(BENCH_READY): $(READY)
	@$(INSTALL) --constraint requirements-dev.txt -e '.[bench]'
	@touch $(BENCH_READY)
