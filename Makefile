# `make run` opens the course, `make test` checks it. Both set up what they need.
# The first installed Python that runs and that TensorFlow supports.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)
need-python = @test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: \
make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.11"; exit 1; }
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test test-all test-core test-browser wild mutations monkey lint benchmark profile soak lock \
	fonts audit clean

run: .venv/run.stamp
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# In parallel: one half computes, the other mostly waits for a browser. TensorFlow's threads would
# busy-wait for each other on loaded cores: so one thread, unless the environment sets more.
test-core test-browser: export TF_NUM_INTRAOP_THREADS ?= 1
TESTS := not long
test: .venv/dev.stamp lint
	$(MAKE) -j2 test-core test-browser TESTS="$(TESTS)"

# Also the slow tests: servers and replicas that are killed, the whole course, more of each page, and
# all data sets, forms and widths where `test` takes some. Replicas need nginx.
test-all:
	NGINX="$$(sh tests/browser/find_nginx.sh)" && \
	NGINX="$$NGINX" $(MAKE) test TESTS="long or not long"

test-core: .venv/dev.stamp
	$(BIN)/python -m pytest tests --ignore=tests/browser -m "$(TESTS)"

# Failed tests leave a trace of the browser in build/traces: open it with `playwright show-trace`.
test-browser: .venv/dev.stamp
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m pytest tests/browser -m "$(TESTS)" \
	--tracing=retain-on-failure --output=build/traces

# Random actions on all pages, by mouse, by keyboard and by two fingers: other ones for each SEED.
# `test-all` does so for 90 s.
monkey: SECONDS ?= 600
monkey: SEED ?= 1
monkey: .venv/dev.stamp
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" MONKEY_SECONDS=$(SECONDS) MONKEY_SEED=$(SEED) \
	$(BIN)/python -m pytest tests/browser/test_monkey.py

# Over a hundred thousand new cases of random input; `test` repeats a few thousand fixed ones.
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

# PyTorch and JAX, which the trainer is compared with, are not in the app's environment: Keras
# imports JAX wherever it is installed, and so the app would load it.
benchmark: .venv/dev.stamp .venv-benchmarks/stamp
	.venv-benchmarks/bin/python -m benchmarks.trainer
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.browser && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.first_visit && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.large && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.classroom
	$(BIN)/python -m benchmarks.training_together

# Where the time of a change goes, by cause, for each page.
profile: .venv/dev.stamp
	CHROMIUM="$$(sh tests/browser/find_chromium.sh $(BIN)/playwright)" && \
	CHROMIUM="$$CHROMIUM" $(BIN)/python -m benchmarks.profiling $(PAGES)

# Fifty learners for an hour, or for MINUTES; build/soak.csv and build/soak.svg.
soak: .venv/dev.stamp
	$(BIN)/python -m benchmarks.soak $(MINUTES)

# All packages that the app installs, pinned with hashes: an image installs these.
lock: .venv-tools/stamp
	.venv-tools/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url requirements.txt -o requirements.lock

# Streamlit's fonts with usual letters and the icons that it names only: after another version of it.
fonts: .venv/run.stamp .venv-tools/stamp
	PYTHONPATH="$$(echo .venv/lib/python*/site-packages)" .venv-tools/bin/python -m deploy.fonts

# Check them for known vulnerabilities, as listed by PyPI.
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
