# `make` alone lists what there is. Everything is installed into .venv; everything written at run time lies in var/.
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
MAILCHIMP_PORT ?= 8010
export HOST PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# No byte of `make test` may depend on a variable of somebody's shell.
TEST_ENV := env -u DJANGO_SETTINGS_MODULE -u DATABASE_URL -u CELERY_BROKER_URL -u EMAIL_URL -u SITE_URL -u SECRET_KEY -u WELLPRESS_VAR
.DEFAULT_GOAL := help
.PHONY: help run run-mailchimp test lint format bench bench-dispatch browser lock clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

# The lock holds every package, so pip need not look for what they ask for (it would, past the lock: a newer "coverage[toml]").
.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Wellpress needs Python 3.11 or newer; \"$(PYTHON)\" is $$($(PYTHON) --version 2>&1). Name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv (once) …"
	@$(PYTHON) -m venv .venv || { echo "Cannot make .venv here: is the disk full, or the folder read-only?"; exit 1; }
	@echo "Installing $$(grep -c '^[a-z0-9]' requirements.lock) packages, each checked against its hash (half a minute, plus the download) …"
	@$(BIN)/python -m pip install -q --require-hashes --no-deps --only-binary :all: -r requirements.lock 2>.venv/pip.log || { \
	  cat .venv/pip.log; echo "The installation failed; the lines above say why. Is there a network, and room on the disk? Then try again."; exit 1; }
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e . 2>.venv/pip.log || { cat .venv/pip.log; exit 1; }
	@touch $@

run: .venv/.installed ## set up what is missing and start web, worker, beat and the local mailbox (HOST=, PORT=)
	@trap : INT TERM; $(BIN)/python manage.py run_site; code=$$?; \
	case $$code in 130|143) exit 0;; *) exit $$code;; esac  # Ctrl-C is no error

run-mailchimp: .venv/.installed ## a Mailchimp on this machine for development, and what to set for it (MAILCHIMP_PORT=, MAILCHIMP=--help)
	@$(BIN)/python -m tests.fakes.mailchimp --port $(MAILCHIMP_PORT) $(MAILCHIMP)

test: .venv/.installed ## run all tests; TEST_DATABASE_URL= and TEST_REDIS_URL= run them on PostgreSQL and Redis
	@$(TEST_ENV) $(BIN)/python -m tests.find_browser || true
	$(TEST_ENV) $(BIN)/pytest -n auto --maxschedchunk 8

lint: .venv/.installed ## style, types, imports between the parts, lengths, templates, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy site blog newsletter
	$(BIN)/lint-imports
	$(BIN)/python -m tests.project.limits
	$(BIN)/djlint templates --check --lint
	$(TEST_ENV) DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/.installed ## let the tools mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet

bench: .venv/.installed ## print what pages, comments and the dispatch cost, and how good the checks are
	$(TEST_ENV) $(BIN)/python -m tests.bench

bench-dispatch: .venv/.installed ## print the goals of a dispatch beside what is measured; TEST_DATABASE_URL= measures on PostgreSQL too
	$(TEST_ENV) -u TEST_DATABASE_URL $(BIN)/python -u -m tests.bench.dispatches $(BENCH)
	@if [ -n "$$TEST_DATABASE_URL" ]; then $(TEST_ENV) $(BIN)/python -u -m tests.bench.dispatches $(BENCH); fi

lock: ## write requirements.lock anew from pyproject.toml (names, versions and hashes, no addresses)
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -q -o requirements.lock

clean: ## remove .venv and caches; var/ with its data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
