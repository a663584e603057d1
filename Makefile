# Every target sets up what it needs in .venv; make and Python 3.11 or newer are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than the two cores that CI has: many tests wait for sockets, clocks and disks.
JOBS ?= 3
.PHONY: help rehearse rehearse-all recording screenshots test thorough lint format kills faults simulate bench bench-peers lock clean

help:            ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/run.ok: pyproject.toml constraints.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Microdrops needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.lock -e .
	@touch $@

$(VENV)/dev.ok: $(VENV)/run.ok
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.lock -e '.[dev]'
	@touch $@

rehearse: $(VENV)/run.ok  ## play a drop against a local Twitch and Discord; ARGS='--seed 7 --viewers 200'
	@$(BIN)/python -m bot rehearse $(ARGS)

test: $(VENV)/dev.ok      ## the whole test suite; ARGS='-k claims'
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

thorough: $(VENV)/dev.ok  ## the suite with more seeds, people and rounds of all that it samples; ARGS='-k simulation'
	@TIER=thorough $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

# Compiled files are kept, whatever the machine prefers: these start a hundred programs that would each compile anew.
test thorough: export PYTHONDONTWRITEBYTECODE :=

lint: $(VENV)/dev.ok      ## style, types and the floors' contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/dev.ok    ## put the code into the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

kills: $(VENV)/dev.ok     ## a thousand lives of a ledger ended by kill -9; ARGS='--kills 5000 --seed 7'
	@$(BIN)/python -m tests.faults.kills $(ARGS)

faults: $(VENV)/dev.ok    ## every system call fails, the power is cut everywhere (needs strace); ARGS='--seed 7'
	@$(BIN)/python -m tests.faults $(ARGS)

simulate: $(VENV)/dev.ok  ## evenings in virtual time, by seed; ARGS="--seeds 10000 --jobs 2", "--seed 7" or "--planted"
	@$(BIN)/python -m tests.simulation $(ARGS)

bench: $(VENV)/dev.ok     ## figures beside the disk, plain sqlite3 and the bare libraries; ARGS="--only burst"
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-peers: $(VENV)/dev.ok  ## figures beside Red Config, NeDB, Redis and PostgreSQL; ARGS="--only redis"
	@$(BIN)/python -m tests.benchmarks.peers $(ARGS)

rehearse-all: $(VENV)/dev.ok  ## every script over the wire, figures into docs/rehearsals.md; ARGS='--seeds 3'
	@$(BIN)/python -m tests.rehearsal.all_scripts $(ARGS)

recording: $(VENV)/dev.ok  ## play the README's rehearsal again and put it into the README
	@$(BIN)/python tools/record.py

screenshots: $(VENV)/dev.ok  ## pictures of the page and the report into docs/screenshots (needs chromium)
	@$(BIN)/python tools/screenshots.py

lock:                     ## write constraints.lock anew from pyproject.toml
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@.venv-lock/bin/python tools/lock.py > constraints.lock
	@rm -rf .venv-lock

clean:                    ## remove what make made
	rm -rf $(VENV) build dist *.egg-info
