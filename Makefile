# Two commands do everything: `make demo` and `make test`. Both set up .venv on a machine that has Python 3.11 and make.
PYTHON ?= python3.11
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

.PHONY: demo test bench clean help

help:
	@echo "make demo   install what is needed and turn corpora/demo into a brief"
	@echo "make test   install everything and run every test"
	@echo "make bench  time every stage beside its peer, and write the README's table (SIZES=1000,10000 LIMIT=600); goes on where it was stopped"

$(VENV)/core: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e .
	touch $@

# torch first and by pip: where a CPU build lies on the machine, pip finds it; uv then leaves it alone.
$(VENV)/all: $(VENV)/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e '.[all]'
	touch $@

demo: $(VENV)/core
	$(BIN)/feedback demo --out out

test: $(VENV)/all
	$(BIN)/ruff check feedback tests
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/python -m pytest --doctest-modules feedback --ignore=feedback/store/migrations -p no:cacheprovider

SIZES ?= 1000,10000,100000
LIMIT ?= 600
KEPT ?= build/bench.jsonl
bench: $(VENV)/all
	$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[bench]'
	$(BIN)/python tests/benchmarks/bench.py --sizes $(SIZES) --limit $(LIMIT) --kept $(KEPT)

clean:
	rm -rf $(VENV) out build *.egg-info .pytest_cache .mypy_cache .ruff_cache
