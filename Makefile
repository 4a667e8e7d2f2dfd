# `make run` opens the course, `make test` checks it. Both set up what they need.
# The first Python that is there, works, and is one TensorFlow is made for.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)
need-python = @test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: \
make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.11"; exit 1; }
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test test-all test-core test-browser wild mutations lint benchmark soak lock audit clean

run: .venv/run.stamp
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# Side by side: one half computes, the other mostly waits for a browser. TensorFlow's threads would
# spin while they wait for each other, on cores that are busy: one, unless the environment says more.
test-core test-browser: export TF_NUM_INTRAOP_THREADS ?= 1
TESTS := not long
test: .venv/dev.stamp lint
	$(MAKE) -j2 test-core test-browser TESTS="$(TESTS)"

# And what takes long: servers and replicas that are killed, the whole course, more of each page,
# and all data sets, forms and widths where `test` takes some. Replicas need an nginx.
test-all:
	NGINX="$$(sh tests/browser/find_nginx.sh)" && \
	NGINX="$$NGINX" $(MAKE) test TESTS="long or not long"

test-core: .venv/dev.stamp
	$(BIN)/python -m pytest tests --ignore=tests/browser -m "$(TESTS)"

# Of a test that fails, build/traces has what the browser did: `playwright show-trace` shows it.
test-browser: .venv/dev.stamp
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m pytest tests/browser -m "$(TESTS)" \
	--tracing=retain-on-failure --output=build/traces

# More than a hundred thousand new cases of wild input, where `test` tries some thousand old ones.
wild: .venv/dev.stamp
	$(BIN)/python -m pytest tests/test_wild.py --hypothesis-profile=wild \
	--hypothesis-show-statistics

mutations: .venv/dev.stamp
	$(BIN)/python -m tests.mutations

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m docs.links --check

# PyTorch and JAX, which the trainer is compared with, stay out of the app's own environment: Keras
# loads JAX wherever it is installed, and so the app would carry it.
benchmark: .venv/dev.stamp .venv-benchmarks/stamp
	.venv-benchmarks/bin/python -m benchmarks.trainer
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.browser && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.neighbours
	$(BIN)/python -m benchmarks.classroom

# Fifty learners for an hour, or for MINUTES; build/soak.csv and build/soak.svg.
soak: .venv/dev.stamp
	$(BIN)/python -m benchmarks.soak $(MINUTES)

# Every package the app brings along, with its version and hashes: what an image installs.
lock: .venv-tools/stamp
	.venv-tools/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url requirements.txt -o requirements.lock

# Whether any of them has a known weakness, as PyPI tells.
audit: .venv-tools/stamp
	.venv-tools/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

clean:
	rm -rf .venv .venv-tools .venv-benchmarks build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(need-python)
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	@touch $@ .venv/run.stamp

.venv-tools/stamp: requirements-tools.txt
	$(need-python)
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/pip install --disable-pip-version-check -q -r requirements-tools.txt
	@touch $@

.venv-benchmarks/stamp: requirements.txt benchmarks/requirements.txt
	$(need-python)
	$(PYTHON) -m venv .venv-benchmarks
	.venv-benchmarks/bin/python -m pip install --disable-pip-version-check -q \
		-r benchmarks/requirements.txt
	@touch $@
