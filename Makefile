# Everything a developer runs. Needs only Python >= 3.11, make and git; the rest is fetched here.
# Paths are relative on purpose: GNU make can't name a target with a space in its path.

UV_VERSION := 0.13.9
UV := .tools/bin/uv
VENV_PYTHON := .venv/bin/python
STAMPS := .tools/stamps
VSCODE := plugins_bridge/vscode
SETUP := $(STAMPS)/python $(STAMPS)/node-modules
EDITORS := $(STAMPS)/vscode-modules

# uv must take the Python it was set up with: fetching another needs more than the package registries.
export UV_PYTHON_DOWNLOADS := never
# Tests start hundreds of Python processes, and each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

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

test: setup $(EDITORS) ## all tests
	@exec $(VENV_PYTHON) -m hivesync_dev.test_run

check: setup $(EDITORS) ## format, lint, types, architecture, generated files
	@exec $(VENV_PYTHON) -m hivesync_dev.check

bench: setup ## benchmarks against direct access and against peers; BENCH_QUICK=1 is short
	@exec $(VENV_PYTHON) -m bench

soak: setup ## half an hour of kills, cuts and clock jumps, then every change is counted: SOAK_SECONDS=90, SOAK_SEED=1, SOAK=server or sdk
	@exec $(VENV_PYTHON) -m bench.soak $(SOAK)

conformance: setup $(EDITORS) ## examine a client of the local API: CLIENT=sdk or the command of a driver, ONLY=text
	@exec $(VENV_PYTHON) -m hivesync_dev.conformance "$(CLIENT)" $(if $(ONLY),--only "$(ONLY)")

generate: $(SETUP) $(EDITORS) ## write the files made from the contract and the sync client
	@$(VENV_PYTHON) -m hivesync_dev.generate
	@$(VENV_PYTHON) -m hivesync_dev.generate_sync

format: $(SETUP) $(EDITORS) ## format and apply safe fixes
	@$(VENV_PYTHON) -m ruff format .
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m hivesync_dev.node worker run --silent format
	@$(VENV_PYTHON) -m hivesync_dev.node $(VSCODE) run --silent format
	@$(VENV_PYTHON) -m hivesync_dev.node $(VSCODE) run --silent format:java

clean: ## remove what was fetched and built; keeps nothing of the demo
	rm -rf .venv .tools .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache worker/node_modules worker/dist $(VSCODE)/node_modules $(VSCODE)/dist $(VSCODE)/*.vsix plugins_bridge/jetbrains/dist

$(STAMPS)/uv-$(UV_VERSION): tools/bootstrap.sh
	@sh tools/bootstrap.sh $(UV_VERSION)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: $(STAMPS)/uv-$(UV_VERSION) uv.lock pyproject.toml $(wildcard */pyproject.toml)
	@echo "Installing Python packages into .venv: up to a minute"
	@$(UV) sync --frozen --quiet --python .tools/bin/python
	@touch $@

$(STAMPS)/node-modules: $(STAMPS)/python worker/package.json worker/package-lock.json
	@echo "Installing npm packages into worker/node_modules: about a minute"
	@$(VENV_PYTHON) -m hivesync_dev.node worker ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

# After the Worker's, since what both use is in npm's cache by then.
$(STAMPS)/vscode-modules: $(STAMPS)/node-modules $(VSCODE)/package.json $(VSCODE)/package-lock.json
	@echo "Installing npm packages into $(VSCODE)/node_modules: about half a minute"
	@$(VENV_PYTHON) -m hivesync_dev.node $(VSCODE) ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(STAMPS)/worker-build: $(STAMPS)/node-modules $(shell find worker/phone worker/scripts -type f | grep -v ' ') worker/package.json
	@echo "Building the Worker's preludes and phone page"
	@$(VENV_PYTHON) -m hivesync_dev.node worker run --silent build
	@touch $@
