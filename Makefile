# Everything a reader needs is a target of this file: `make help` lists them.

# A Python from 3.11 to 3.13 that can make an environment; name another with PYTHON=.
SUITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python; do \
	$$python -c '$(SUITS)' >/dev/null 2>&1 && echo $$python && break; done)
UV_VERSION := 0.13.9
VALIDATORS := frictionless==5.21.0 roc-validator==0.13.0 rocrate==0.16.0 xmlschema==4.3.2
VENV := .venv
LAB := .venv-lab
READY := $(VENV)/.complete
LAB_READY := $(LAB)/.complete
SPARK := .venv-spark
SPARK_READY := $(SPARK)/.complete
ACTIVATED := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" VIRTUAL_ENV="$(CURDIR)/$(VENV)"
COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate $(UPGRADE) pyproject.toml

# The locked packages and altcred itself, into an environment.
define INSTALL
$(VENV)/bin/uv pip install --python $(1)/bin/python $(3) --require-hashes --requirements $(2)
$(VENV)/bin/uv pip install --python $(1)/bin/python --no-index --no-deps --no-build-isolation \
	--editable .
endef

# Without compiled bytecode every process of the pipeline starts two to three times slower,
# and a foreign PYTHONPATH would put other versions before the locked ones.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help report test test-spark lint style format docs lab lock audit validate wheel clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: $(READY) ## Build the report of every cohort in params.yaml, from raw exports to HTML and PDF.
	@test -e .git || $(VENV)/bin/dvc config --local core.no_scm true
	$(ACTIVATED) dvc repro

# As many tests at once as there are processors, and types beside them. Tests of one file stay
# together, and those that take longest come first.
test: style ## Check style and types and run every test, a build of the whole pipeline included.
	@$(VENV)/bin/mypy & types=$$!; \
	$(ACTIVATED) pytest -n auto --dist loadfile --no-loadscope-reorder; tests=$$?; \
	wait $$types || { echo "mypy refuses types, as said above." >&2; exit 1; }; exit $$tests

test-spark: $(SPARK_READY) ## Compare Spark with DuckDB, in an environment of its own; needs Java 17.
	PATH="$(CURDIR)/$(SPARK)/bin:$$PATH" VIRTUAL_ENV="$(CURDIR)/$(SPARK)" \
		pytest -m spark tests/test_spark.py tests/test_stored.py

lint: style ## Check style, types and prose only.
	$(VENV)/bin/mypy

style: $(READY) ## Check style and prose only.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python scripts/check_prose.py

format: $(READY) ## Mend style where a tool can.
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

docs: $(READY) ## Make a site of the documentation in .build/docs, with an error for a broken link.
	$(VENV)/bin/zensical build --clean --strict

lab: $(LAB_READY) ## Open the notebooks in JupyterLab, which has an environment of its own.
	PATH="$(CURDIR)/$(LAB)/bin:$$PATH" IPYTHONDIR="$(CURDIR)/$(LAB)/ipython" \
		ALTCRED_ROOT="$(CURDIR)" jupyter lab notebooks

lock: $(READY) ## Pin the packages again after an edit of pyproject.toml (UPGRADE=--upgrade for newer ones).
	$(COMPILE) --extra test --extra docs --output-file requirements.lock
	$(COMPILE) --extra test --extra docs --extra lab --constraint requirements.lock \
		--output-file requirements-lab.lock
	$(COMPILE) --extra test --extra spark --constraint requirements.lock \
		--output-file requirements-spark.lock
	$(VENV)/bin/python scripts/write_environment.py

# In an environment of its own, made anew each time: what audits is no part of what is audited.
audit: $(READY) ## Look up known vulnerabilities of the locked packages; needs the network.
	@$(PYTHON) -m venv --clear .build/audit
	$(VENV)/bin/uv pip install --quiet --python .build/audit/bin/python pip-audit
	.build/audit/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock

# In an environment of its own: the validators bring thirty packages that nothing else needs.
validate: $(READY) ## Run the validators of each format over RELEASE=FOLDER; needs the network.
	@$(PYTHON) -m venv --clear .build/validate
	$(VENV)/bin/uv pip install --quiet --python .build/validate/bin/python $(VALIDATORS)
	.build/validate/bin/python scripts/validate_release.py $(RELEASE) $(SCHEMA)

wheel: $(READY) ## Write dist/altcred-VERSION.whl, which projects of others are made with.
	$(VENV)/bin/python -m hatchling build --target wheel

clean: ## Remove what the pipeline made; the raw exports under data/raw stay.
	rm -rf .dvc/cache .dvc/tmp .build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find data/processed -mindepth 1 ! -name README.md -delete
	find report -mindepth 1 -maxdepth 1 -type d ! -name template -exec rm -rf {} +

# The stamp is written last, so an interrupted installation is made again from the start.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "altcred needs Python 3.11, 3.12 or 3.13 with venv and pip;" \
		"name it with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making the environment in $(VENV); the first time takes a minute or so."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(call INSTALL,$(VENV),requirements.lock,--compile-bytecode)
	@touch $@

$(SPARK_READY): requirements-spark.lock pyproject.toml $(READY)
	@$(PYTHON) -m venv --clear $(SPARK)
	$(call INSTALL,$(SPARK),requirements-spark.lock)
	@touch $@

# A kernel starts in the folder of its notebook; the notebooks' paths begin at the root.
$(LAB_READY): requirements-lab.lock pyproject.toml $(READY)
	@$(PYTHON) -m venv --clear $(LAB)
	$(call INSTALL,$(LAB),requirements-lab.lock,--compile-bytecode)
	@mkdir -p $(LAB)/ipython/profile_default/startup
	@echo 'import os; os.chdir(os.environ["ALTCRED_ROOT"])' \
		> $(LAB)/ipython/profile_default/startup/00-root.py
	@touch $@
