# `make run` opens the course, `make test` checks it. Both set up what they need.
# The first Python that is there, works, and is one TensorFlow is made for.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test lint benchmark clean

run: .venv/run.stamp
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

test: .venv/dev.stamp lint
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m pytest

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# PyTorch and JAX, which the trainer is compared with, stay out of the app's own environment: Keras
# loads JAX wherever it is installed, and so the app would carry it.
benchmark: .venv/dev.stamp .venv-benchmarks/stamp
	.venv-benchmarks/bin/python -m benchmarks.trainer
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.browser && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.neighbours
	$(BIN)/python -m benchmarks.classroom

clean:
	rm -rf .venv .venv-benchmarks build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || \
	{ echo "Python 3.11, 3.12 or 3.13 is needed: make run PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	@touch $@ .venv/run.stamp

.venv-benchmarks/stamp: requirements.txt benchmarks/requirements.txt
	@test -n "$(PYTHON)" || \
	{ echo "Python 3.11, 3.12 or 3.13 is needed: make benchmark PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv-benchmarks
	.venv-benchmarks/bin/python -m pip install --disable-pip-version-check -q \
		-r benchmarks/requirements.txt
	@touch $@
