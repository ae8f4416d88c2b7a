# arcstep. Needs make and Python 3.11 or newer; everything else goes into .venv, and only when something changed.
#
#   make demo         the program on an invented fleet; no Azure needed
#   make test         the tests
#   make check        lint, formatting, types
#   make bench        speed, as ratios measured on this machine
#   make screenshots  the pictures the README shows
#   make setup        .venv with everything a developer needs (the others do this themselves)

.POSIX:
.PHONY: help demo test check bench screenshots setup runtime venv

BIN = .venv/bin
PYTEST_ARGS =

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

demo: runtime
	@$(BIN)/arcstep --demo

test: setup
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --project pyproject.toml

bench: setup
	$(BIN)/python -m benchmarks

screenshots: setup
	$(BIN)/python -m screenshots.make

# A stamp holds the sum of what was installed; one for those who only run arcstep, one for those who change it.
STAMP = { pwd; cat pyproject.toml constraints.txt; } | cksum

setup: venv
	@sum=`$(STAMP)`; test "$$sum" = "`cat .venv/setup.stamp 2>/dev/null`" || { \
	    $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]' && \
	    echo "$$sum" >.venv/runtime.stamp && echo "$$sum" >.venv/setup.stamp; }

runtime: venv
	@sum=`$(STAMP)`; test "$$sum" = "`cat .venv/runtime.stamp 2>/dev/null`" || { \
	    $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e . && \
	    echo "$$sum" >.venv/runtime.stamp; }

# A name on PATH may be a launcher without a Python behind it, so each candidate is asked to run.
venv:
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exit 0; \
	found=; \
	for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    found="$$found $$python"; \
	    $$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
	    echo "$$python -m venv .venv"; \
	    exec $$python -m venv --clear .venv; \
	done; \
	if test -n "$$found"; then \
	    echo "arcstep: Python has no venv module here; install it, for example: apt install python3-venv" >&2; \
	else \
	    echo "arcstep: Python 3.11 or newer is needed; install it, for example: apt install python3 python3-venv" >&2; \
	fi; \
	exit 1
