# What one does with Mailbot; `make` alone lists it.
SHELL := /bin/bash
PY := .venv/bin/python
KEEP ?=
MINUTES ?= 2

help:
	@echo 'make demo          see it work on sample mails (KEEP=1: leave the mail server up)'
	@echo 'make test          everything is tested, against real servers'
	@echo 'make lint          style, types and floors'
	@echo 'make fuzz          look for bytes that break the reading (MINUTES=2)'
	@echo 'make bench         how fast, as ratios to a floor'
	@echo 'make bench-reading how well mails, own words and scans are read'
	@echo 'make model         train the shipped models anew and measure them'
	@echo 'make setup         what the others do first: packages and .venv'

setup:
	@scripts/setup.sh

setup-test:
	@scripts/setup.sh test

demo: setup
	@$(PY) -m mailbot demo $(if $(KEEP),--keep)

test: setup-test
	$(PY) -m pytest -q -n 3 --dist worksteal

lint: setup-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

fuzz: setup-test
	nice -n 15 $(PY) -m tests.fuzz.run $(MINUTES)

bench: setup-test
	$(PY) bench/throughput.py

bench-reading: setup-test
	$(PY) bench/reading.py

model: setup
	OMP_NUM_THREADS=1 $(PY) -m mailbot.learning.shipped
	$(PY) -m mailbot eval --report docs/accuracy.md

lock:
	.venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/run.txt
	.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements/dev.txt

clean:
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: help setup setup-test demo test lint format fuzz bench bench-reading model lock clean
