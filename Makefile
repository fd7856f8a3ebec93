# Everything a developer runs. Needs only Python >= 3.11, make and git; the rest is fetched here.
# Paths are relative on purpose: GNU make can't name a target with a space in its path.

UV_VERSION := 0.13.9
UV := .tools/bin/uv
VENV_PYTHON := .venv/bin/python
STAMPS := .tools/stamps
SETUP := $(STAMPS)/python $(STAMPS)/node-modules

# uv must take the Python it was set up with: fetching another needs more than the package registries.
export UV_PYTHON_DOWNLOADS := never

ifeq ($(wildcard tools/pyproject.toml),)
$(error Run make in the root of the repository, or with "make -C FOLDER")
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help setup demo test check bench soak conformance generate format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(SETUP) $(STAMPS)/worker-build ## everything the other targets need

demo: setup ## see a sample app on your phone: ONCE=1, PROJECT=/path, LAN=1
	@exec $(VENV_PYTHON) -m hivesync_dev.demo

test: setup ## all tests
	@exec $(VENV_PYTHON) -m hivesync_dev.test_run

check: setup ## format, lint, types, architecture, generated files
	@exec $(VENV_PYTHON) -m hivesync_dev.check

bench: setup ## benchmarks against direct access and against peers; BENCH_QUICK=1 is short
	@exec $(VENV_PYTHON) -m bench

soak: setup ## half an hour of kills, cuts and clock jumps, then every change is counted: SOAK_SECONDS=90, SOAK_SEED=1, SOAK=server
	@exec $(VENV_PYTHON) -m bench.soak $(SOAK)

conformance: ## the client conformance runner: CLIENT=…
	@echo "The client conformance runner does not exist yet; it comes with the editor clients." >&2
	@exit 2

generate: $(SETUP) ## write the files made from the contract and the sync client
	@$(VENV_PYTHON) -m hivesync_dev.generate
	@$(VENV_PYTHON) -m hivesync_dev.generate_sync

format: $(SETUP) ## format and apply safe fixes
	@$(VENV_PYTHON) -m ruff format .
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m hivesync_dev.node worker run --silent format

clean: ## remove what was fetched and built; keeps nothing of the demo
	rm -rf .venv .tools .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache worker/node_modules worker/dist

$(STAMPS)/uv-$(UV_VERSION): tools/bootstrap.sh
	@sh tools/bootstrap.sh $(UV_VERSION)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: $(STAMPS)/uv-$(UV_VERSION) uv.lock pyproject.toml $(wildcard */pyproject.toml)
	@echo "Installing Python packages into .venv"
	@$(UV) sync --frozen --quiet --python .tools/bin/python
	@touch $@

$(STAMPS)/node-modules: $(STAMPS)/python worker/package.json worker/package-lock.json
	@echo "Installing npm packages into worker/node_modules"
	@$(VENV_PYTHON) -m hivesync_dev.node worker ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(STAMPS)/worker-build: $(STAMPS)/node-modules $(shell find worker/phone worker/scripts -type f | grep -v ' ') worker/package.json
	@echo "Building the Worker's preludes and phone page"
	@$(VENV_PYTHON) -m hivesync_dev.node worker run --silent build
	@touch $@
