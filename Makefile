# Two commands matter: `make demo` shows the kit at work, `make test` proves it.
# `make gpu` proves it on a GPU; with an environment of your own, `make gpu BIN=/path/to/venv/bin`;
# on a machine that cannot isolate fully beside CUDA, `make gpu ISOLATION=process`.
# `make docs` builds the documentation as a site; `make pictures` takes the README's pictures anew.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LECTURE ?= lec05_backprop
ISOLATION ?= full

.PHONY: setup demo test gpu lint docs pictures clean

setup: $(READY)

# torch comes first and alone: any other way to it may choose a build for GPUs.
$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Chainrule needs Python 3.11 or later; set PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[dev,docs,postgresql,cluster,similar]'
	@touch $(READY)

demo: $(READY)
	$(BIN)/chainrule demo $(LECTURE)

test: $(READY)
	$(BIN)/python -m pytest --numprocesses 2
	$(BIN)/chainrule validate

# An environment that is named is taken as it is, with the torch that its GPU needs: the kit need
# not be installed there, nor nbgrader and otter, which know of no GPU and are not raced. So only
# the files are opened in which a test is marked `gpu`: the others import what may be missing.
HERE = PYTHONPATH=.$${PYTHONPATH:+:$$PYTHONPATH} $(BIN)/python3
ON_GPU = $(shell grep -lE 'mark\.gpu|^from (devices|on_gpu) import' tests/test_*.py)
gpu: $(if $(findstring command line,$(origin BIN)),,$(READY))
	@$(HERE) -c 'from grader.cli import app; app()' validate --device cuda --isolation $(ISOLATION)
	@$(HERE) -m pytest -m gpu $(ON_GPU)
	@$(HERE) -c 'from grader.cli import app; app()' bench --device cuda --isolation $(ISOLATION) \
		--peers 0 --otter 0

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(READY)
	$(BIN)/python -m tools.results_page
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The site is in build/site: open build/site/index.html, or, for its search to work, run"
	@echo "  $(BIN)/python -m http.server --directory build/site"

pictures: $(READY)
	$(BIN)/python -m tools.pictures

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
