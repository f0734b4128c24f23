# Two commands do everything on a fresh machine: `make demo` and `make test`. Each sets up what it needs first.
.PHONY: help setup demo local test test-long check static bench bench-rivals conformance package release workflows lock clean
.DEFAULT_GOAL := help

# uv from the machine if it really runs (a shim may not), else from PyPI into a folder of our own.
# The certificates that the machine trusts, so that it works behind a company's proxy too.
export UV_SYSTEM_CERTS ?= 1
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
PYTHON := .venv/bin/python
# Azurite needs Node; without one on the machine the wheel that carries it is installed.
NODE_LOCK := $(shell node --version >/dev/null 2>&1 && npm --version >/dev/null 2>&1 || echo requirements-node.lock)
# What makes and checks a release has an environment of its own; what is deployed has one to be listed from.
TOOLS := .local/release
SETUP := .venv/.ready .venv/bin/autopeer localazure/azurite/node_modules/.package-lock.json

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

# First all that measure nothing, on every core: most of them wait most of the time. The rest have the machine for themselves.
ALONE := tests/bench tests/localazure/demo tests/service/test_large_sweep.py \
	$(addprefix tests/e2e/test_,burst_with_faults.py event_storm.py instances.py many_hubs.py)
test-long: $(SETUP) ## Run those that take minutes: workers killed at every point, a hub that is busy for minutes
	@$(PYTHON) -m pytest -m long --numprocesses auto --maxprocesses 4 --dist loadfile $(addprefix --ignore=,$(ALONE))
	@$(PYTHON) -m pytest -m long $(ALONE)

static: $(SETUP) ## Lint, types and layers
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-cache

coverage: $(SETUP) ## Show what tests/core leaves out of peering/core, branch by branch
	@mkdir -p .local
	@$(PYTHON) -m coverage run -m pytest tests/core
	@$(PYTHON) -m coverage report

check: static test test-long ## Everything that must pass before a commit lands

bench: $(SETUP) ## Measure everything that docs/performance.md has; twenty minutes
	@$(PYTHON) -m bench $(ARGUMENTS)

bench-rivals: $(SETUP) ## The same burst by az, Ansible and Microsoft's SDK, side by side with us
	@$(PYTHON) -m bench --rivals $(ARGUMENTS)

conformance: $(SETUP) ## Let az, Ansible, Custodian and Microsoft's SDKs work on the local Azure
	@$(PYTHON) -m localazure.conformance $(ARGUMENTS)

package: $(SETUP) ## Make the zip that is deployed: dist/autopeer.zip
	@$(PYTHON) -m release.package

release: $(SETUP) $(TOOLS)/.ready ## Make what a release publishes, in dist: the zip, its SHA-256, its bill of materials, its notes
	@$(PYTHON) -m release.package --example
	@$(UV) venv -q --clear .local/deployed
	@$(UV) pip install -q --python .local/deployed --python-platform x86_64-manylinux_2_28 --require-hashes --no-deps --only-binary :all: -r requirements.txt
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o dist/autopeer.cdx.json .local/deployed
	@$(PYTHON) -m release.assets $(if $(TAG),--tag $(TAG))

workflows: $(TOOLS)/.ready ## Audit the workflows of GitHub, and hold what lies in .github to GitHub's schemas
	@$(TOOLS)/bin/zizmor --quiet --no-progress $(if $(GH_TOKEN),,--offline) .github
	@$(TOOLS)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(TOOLS)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(TOOLS)/bin/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(TOOLS)/bin/check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

lock: .tools/bin/uv ## Resolve the dependencies anew and write the locks
	@$(UV) pip compile -q pyproject.toml --extra cli --group dev --universal --generate-hashes --no-annotate --no-header --upgrade -o requirements.lock
	@$(UV) pip compile -q --group node --universal --generate-hashes --no-annotate --no-header --upgrade -o requirements-node.lock
	@$(UV) pip compile -q --group release --universal --generate-hashes --no-annotate --no-header --upgrade -o requirements-release.lock
	@$(UV) pip compile -q pyproject.toml --universal --generate-hashes --no-annotate --no-header -c requirements.lock -o requirements.txt

clean: ## Remove everything that was installed or generated
	rm -rf .venv .tools .local localazure/azurite/node_modules

.venv/.ready: requirements.lock $(NODE_LOCK) .python-version | $(filter .tools/bin/uv,$(UV))
	@echo "Setting up Python $$(cat .python-version) and the packages in requirements.lock…"
	@$(UV) venv -q --clear .venv
	@$(UV) pip sync -q --compile-bytecode --require-hashes requirements.lock $(NODE_LOCK)
	@touch $@

# The command `autopeer`, of the sources as they lie here.
.venv/bin/autopeer: pyproject.toml .venv/.ready
	@$(UV) pip install -q --no-deps --editable .
	@touch $@

$(TOOLS)/.ready: requirements-release.lock .python-version | $(filter .tools/bin/uv,$(UV))
	@$(UV) venv -q --clear $(TOOLS)
	@$(UV) pip sync -q --compile-bytecode --python $(TOOLS) --require-hashes requirements-release.lock
	@touch $@

localazure/azurite/node_modules/.package-lock.json: localazure/azurite/package-lock.json .venv/.ready
	@echo "Setting up Azurite…"
	@$(PYTHON) -m localazure.azurite install
	@touch $@

.tools/bin/uv:
	@python3 -m venv .tools
	@.tools/bin/python -m pip install -q --disable-pip-version-check uv
