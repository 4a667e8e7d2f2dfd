# `make run` opens the course, `make test` checks it. Both set up what they need.
# The first Python that is there, works, and is one TensorFlow is made for.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test test-core test-browser lint benchmark clean

run: .venv/run.stamp
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# Side by side: one half computes, the other mostly waits for a browser.
test: .venv/dev.stamp lint
	$(MAKE) -j2 test-core test-browser

test-core: .venv/dev.stamp
	$(BIN)/python -m pytest tests --ignore=tests/browser

test-browser: .venv/dev.stamp
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m pytest tests/browser

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmark: .venv/dev.stamp
	$(BIN)/python -m benchmarks.trainer
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.browser && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.neighbours

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis

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
