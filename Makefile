# The project's verbs; `make` alone lists them.
#
# Needs Python 3.11 or later, git and make. Everything else is installed into .venv, from hashed locks; everything that
# is written goes below build/. For a second environment: make VENV=.venv-3.13 PYTHON=python3.13 test

PYTHON ?= python3
VENV ?= .venv

BIN := $(VENV)/bin
READY := $(VENV)/.ready
PAGES := build/site/index.html
# What `.ci/run` runs again: a release whose store was wrong, and the next, in which it was right.
CHECKED := llm@0.32a0 llm@0.32a1

ifdef NO_COLOR
MYPY_COLOUR := --no-color-output
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup site test lint format browser bench upstream upstream-check lock upgrade clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

$(READY): requirements.txt requirements-uv.txt pyproject.toml tools/setup.sh
	@tools/setup.sh $(VENV) $(PYTHON)
	@touch $@

setup: $(READY) ## make the environment (the other verbs do it when needed)

site: $(READY) ## run conformance and a short benchmark, build the site into build/site
	@$(BIN)/workbench run
	@$(BIN)/workbench bench --short
	@$(BIN)/workbench site

test: lint ## lint, then all tests except those of the browser
	@$(BIN)/pytest

lint: $(READY) ## formatting, lint, types, directions of imports
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy $(MYPY_COLOUR)
	@$(BIN)/lint-imports --no-logo --cache-dir build/cache/imports

format: $(READY) ## format the code and repair what lint can repair
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

$(PAGES):
	@$(MAKE) --no-print-directory site

browser: $(READY) $(PAGES) ## look at the built site in headless Chromium (needs Debian's chromium; root gets it by apt-get)
	@CHROMIUM=$$(tools/browser.sh) && export CHROMIUM && $(BIN)/pytest -m browser

bench: $(READY) ## run the benchmarks in full
	@$(BIN)/workbench bench

upstream: $(READY) ## run every release of every library in an environment of its own (half an hour the first time)
	@$(BIN)/workbench upstream install
	@$(BIN)/workbench upstream run

upstream-check: $(READY) ## run a few releases over a few fixtures, and compare with the results on file
	@$(BIN)/workbench upstream install $(CHECKED)
	@$(BIN)/workbench upstream run --check $(CHECKED) -f two-turns-with-tool -f error-midstream

lock: $(READY) ## write the locks from pyproject.toml, keeping the pins that still fit
	@tools/lock.sh $(BIN)/uv

upgrade: $(READY) ## write the locks with the newest releases
	@tools/lock.sh $(BIN)/uv --upgrade

clean: ## remove all output and caches (the environment stays; it is .venv)
	@rm -rf build dist
	@find workbench tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
