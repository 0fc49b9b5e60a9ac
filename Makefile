# Everything starts here: `make demo` and `make test` set up all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# What was tested was tested on Python 3.11; 3.10 has no such versions of everything, and is held to the CPU's torch only.
LOCK := $(shell $(PYTHON) -c 'import sys; print("requirements.lock" if sys.version_info >= (3, 11) else "$(VENV)/torch.lock")')
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest

.PHONY: demo test check all-tests audit train bench-models bench-claims bench-verify bench-gate bench-page bench-scale bench-speed pictures lock clean
.DEFAULT_GOAL := test

$(STAMP): pyproject.toml requirements.lock requirements.hashes
	$(PYTHON) -c 'import sys; sys.exit("bukti needs Python 3.10 or newer") if sys.version_info < (3, 10) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	grep '^torch==' requirements.lock > $(VENV)/torch.lock
	test $(LOCK) != requirements.lock || $(PIP) --require-hashes --no-deps --requirement requirements.hashes
	$(PIP) --constraint $(LOCK) --editable '.[dev]'
	touch $(STAMP)

demo: $(STAMP)  ## Verify the example; writes report.html and report.json here.
	$(BIN)/bukti verify examples/telegram/article.txt --sources examples/telegram/sources -o - -o report.html -o report.json
	@echo "The report stands in $(CURDIR)/report.html and $(CURDIR)/report.json"

test: $(STAMP)  ## All tests but the slow ones and those that need a browser.
	$(PYTEST) -m 'not slow and not browser'

check: $(STAMP)  ## What must pass before a commit: lint, types, layers, fast tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p bukti
	$(BIN)/lint-imports
	$(PYTEST) -q -m 'not slow and not browser and not model'

all-tests: $(STAMP)  ## Everything, the slow and the browser tests included.
	$(PYTEST)

audit:  ## Look up what is known against the pinned dependencies; says so where the database cannot be reached.
	@if ! $(PYTHON) -c 'import urllib.request as web; web.urlopen("https://api.osv.dev/v1/vulns/PYSEC-2023-74", timeout=10)' 2>/dev/null; then \
	    echo "api.osv.dev cannot be reached: the dependencies are not audited"; \
	else \
	    { test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
	        $(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'; }; } && \
	    $(VENV)/audit/bin/pip-audit --vulnerability-service osv --requirement requirements.lock --no-deps --disable-pip; \
	fi

$(VENV)/.train: $(STAMP)
	$(PIP) --constraint $(LOCK) --editable '.[dev,train]'
	touch $(VENV)/.train

train: $(VENV)/.train  ## Make the embedded models from DATA=FOLDER: hours on two cores; goes on where it was stopped.
	$(BIN)/python -m training --data $(DATA)

bench-models: $(VENV)/.train  ## Measure the embedded models on the dev sets of DATA=FOLDER; writes docs/benchmarks.md.
	$(BIN)/python -m benchmarks.models --data $(DATA)

bench-claims: $(VENV)/.train  ## Measure claim splitting on the gold set and the public sets of DATA=FOLDER; writes docs/benchmarks-claims.md.
	$(BIN)/python -m benchmarks.splitting --data $(DATA)

bench-verify: $(VENV)/.train  ## Measure verdicts on the gold set and the public sets of DATA=FOLDER; writes docs/benchmarks-verification.md.
	$(BIN)/python -m benchmarks.verification $(if $(DATA),--data $(DATA))

bench-gate: $(STAMP)  ## Simulate how often the gate cries wolf and what it catches; writes the tables of docs/design/gate.md.
	$(BIN)/python -m benchmarks.gate --write docs/design/gate.md

bench-page: $(STAMP)  ## Measure how fast a page of 1,000 claims opens and works in Chromium; writes docs/benchmarks-page.md.
	$(BIN)/python -m benchmarks.page --write docs/benchmarks-page.md

bench-scale: $(STAMP)  ## Measure what a passage, a pair and an article cost in processor time; writes the table of docs/scale.md.
	$(BIN)/python -m benchmarks.scale --write docs/scale.md

bench-speed: $(VENV)/.train  ## Measure speed and memory beside a LangChain pipeline with the same models; writes docs/benchmarks-speed.md.
	$(BIN)/python -m benchmarks.speed --data $(DATA) --write docs/benchmarks-speed.md

pictures: $(STAMP)  ## Take the README's pictures of the demo's page anew; needs Chromium.
	$(BIN)/python -m benchmarks.pictures

# Torch has no hash: its file is another one on each index. What it needs on a CPU is written here, so that nothing of CUDA is pinned.
lock: $(STAMP)  ## Pin what is installed now as what was tested, and the hashes of all of it that a user or a test needs, but torch.
	$(BIN)/python -m pip freeze --exclude-editable --quiet | sed 's/+cpu$$//' > requirements.lock
	test -x $(VENV)/lock/bin/uv || { $(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/python -m pip install --quiet 'uv>=0.9,<1'; }
	echo 'dependency-metadata = [{ name = "torch", requires-dist = ["filelock", "fsspec", "jinja2", "networkx", "sympy", "typing-extensions"] }]' > $(VENV)/lock.toml
	$(VENV)/lock/bin/uv --config-file $(VENV)/lock.toml pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 \
	    --constraint requirements.lock --no-emit-package torch --generate-hashes --no-header --no-annotate --output-file requirements.hashes

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build dist *.egg-info report.html report.json
