# Two commands do everything on a fresh machine: `make demo` and `make test`. Each sets up what it needs first.
.PHONY: help setup demo local test test-long check static bench conformance package lock clean
.DEFAULT_GOAL := help

# uv from the machine if it really runs (a shim may not), else from PyPI into a folder of our own.
# The certificates that the machine trusts, so that it works behind a company's proxy too.
export UV_SYSTEM_CERTS ?= 1
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
PYTHON := .venv/bin/python
# Azurite needs Node; without one on the machine the wheel that carries it is installed.
NODE_LOCK := $(shell node --version >/dev/null 2>&1 && npm --version >/dev/null 2>&1 || echo requirements-node.lock)
SETUP := .venv/.ready localazure/azurite/node_modules/.package-lock.json

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(SETUP) ## Install everything into this folder (the other targets do it by themselves)

demo: $(SETUP) ## Tag networks on a local Azure and watch them peer themselves
	@$(PYTHON) -m localazure.demo

local: $(SETUP) ## Keep the local Azure running, to look around in (Ctrl-C ends it)
	@$(PYTHON) -m localazure up --invite

# One file's tests stay together: what they start is started once.
test: $(SETUP) ## Run the tests
	@$(PYTHON) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-long: $(SETUP) ## Run those that take minutes: workers killed at every point, a hub that is busy for minutes
	@$(PYTHON) -m pytest -m long

static: $(SETUP) ## Lint, types and layers
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-cache

coverage: $(SETUP) ## Show what the quick tests leave out of peering/core, branch by branch
	@mkdir -p .local
	@$(PYTHON) -m coverage run -m pytest tests/core tests/service
	@$(PYTHON) -m coverage report

check: static test test-long ## Everything that must pass before a commit lands

bench: $(SETUP) ## Measure, and print what docs/performance.md quotes
	@$(PYTHON) -m bench

conformance: $(SETUP) ## Let az, Ansible, Custodian and Microsoft's SDKs work on the local Azure
	@$(PYTHON) -m localazure.conformance $(ARGUMENTS)

package: $(SETUP) ## Make the zip that is deployed: dist/autopeer.zip
	@$(PYTHON) -m release.package

lock: .tools/bin/uv ## Resolve the dependencies anew and write the locks
	@$(UV) pip compile -q pyproject.toml --group dev --universal --generate-hashes --no-annotate --no-header --upgrade -o requirements.lock
	@$(UV) pip compile -q --group node --universal --generate-hashes --no-annotate --no-header --upgrade -o requirements-node.lock
	@$(UV) pip compile -q pyproject.toml --universal --generate-hashes --no-annotate --no-header -c requirements.lock -o requirements.txt

clean: ## Remove everything that was installed or generated
	rm -rf .venv .tools .local localazure/azurite/node_modules

.venv/.ready: requirements.lock $(NODE_LOCK) .python-version | $(filter .tools/bin/uv,$(UV))
	@echo "Setting up Python $$(cat .python-version) and the packages in requirements.lock…"
	@$(UV) venv -q --clear .venv
	@$(UV) pip sync -q --compile-bytecode --require-hashes requirements.lock $(NODE_LOCK)
	@touch $@

localazure/azurite/node_modules/.package-lock.json: localazure/azurite/package-lock.json .venv/.ready
	@echo "Setting up Azurite…"
	@$(PYTHON) -m localazure.azurite install
	@touch $@

.tools/bin/uv:
	@python3 -m venv .tools
	@.tools/bin/python -m pip install -q --disable-pip-version-check uv
