# `make demo` and `make test` do all the set-up themselves and need only make and Python 3.11 or newer with venv: no key,
# no Node, no browser. Works with GNU make 3.81, which macOS ships.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq
# What is imported is compiled then; to compile all of JupyterLab and boto takes half of the time of an installation.
INSTALL := $(PIP) install --no-compile
SCRATCH := $(VENV)/scratch
ARGS :=

# Nobody pays for a demo: no variable of DashScope's reaches a recipe, and the emulator answers even where a key lies on disk.
unexport DASHSCOPE_API_KEY $(filter DASHSCOPE_%,$(.VARIABLES))
export BAILIAN_NB_EMULATOR := 1
export BAILIAN_NB_HOME := $(CURDIR)/$(SCRATCH)/home
unexport BAILIAN_NB_OUT BAILIAN_NB_SYNC BAILIAN_NB_LIMITS

# Every worker and every kernel of the tests would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

# Three workers for two cores: many tests wait for a clock or a socket. In the order of the files: by itself pytest-xdist
# leaves the files of few but long tests to the end, where a core has nothing to do.
PYTEST := $(PY) -m pytest -n 3 --dist loadscope --no-loadscope-reorder

.PHONY: help demo test test-all lab bench bench-all lint js notebooks reference site wheel conda clean FORCE
.DELETE_ON_ERROR:

help:
	@echo "make demo      run two notebooks on the emulator; pictures and index.html in demo_out"
	@echo "make test      all tests but the slow ones; browser tests where Chromium is found"
	@echo "make lab       the notebooks in JupyterLab, on the emulator"
	@echo "make test-all  the slow tests too; a missing browser is a failure"
	@echo "make bench     what the table in notebooks/reference/speed.md holds, measured anew"
	@echo "make bench-all the longer measurements, too: batches, machines, a bad way to the service"
	@echo "make lint      ruff and mypy"
	@echo "make js        build, check and test the widgets' TypeScript (needs Node)"
	@echo "make reference write notebooks/reference anew from the table"
	@echo "make notebooks run every notebook anew and keep its outputs"
	@echo "make site      the documents as a site in site/: open site/index.html"
	@echo "make wheel     build the wheel and run the demo from it alone"
	@echo "make conda     build conda's recipe and run its tests, on Linux, with this environment in place of conda-forge"
	@echo "make clean     remove the environment, its scratch files, demo_out and what was built"
	@echo "ARGS='...'     is handed to pytest: make test ARGS='-k mask -x'"

demo: $(VENV)/.run
	@$(VENV)/bin/bailian-nb demo --out demo_out

test: $(VENV)/.test
	@$(PYTEST) -m "not slow" $(ARGS)

test-all: $(VENV)/.test $(VENV)/.hosts $(VENV)/.s3 $(VENV)/.frames
	@BAILIAN_NB_REQUIRE_BROWSER=1 BAILIAN_NB_REQUIRE_S3=1 $(PYTEST) $(ARGS)

# Those whose rows stand in the table; the others take much longer and print what they find.
TABLE := $(patsubst %,tests/benchmarks/bench_%.py,load sending looks journal index pictures)
BENCH := $(PY) -m pytest -o "python_files=bench_*.py" --timeout=0 -q -s --durations=20 --durations-min=5

bench: $(VENV)/.test
	@rm -rf $(SCRATCH)/bench
	@BAILIAN_NB_BENCH="$(CURDIR)/$(SCRATCH)/bench" $(BENCH) $(TABLE) $(ARGS)
	@$(PY) tests/benchmarks/speed_table.py $(SCRATCH)/bench notebooks/reference

bench-all: bench
	@$(BENCH) $(filter-out $(TABLE),$(wildcard tests/benchmarks/bench_*.py)) $(ARGS)
	@$(PY) tests/benchmarks/chaos.py

# The lab keeps its home, so that resuming after a kernel restart can be tried out.
lab: $(VENV)/.test
	@cd notebooks && BAILIAN_NB_HOME="$(CURDIR)/$(VENV)/lab_home" ../$(PY) -m jupyterlab \
	  $$(test "$$(id -u)" != 0 || echo --allow-root) $(ARGS) 01_quickstart.ipynb

lint: $(VENV)/.lint
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

# Run every notebook anew and keep what its cells show; each has a home of its own, as in the tests.
notebooks: $(VENV)/.test
	@rm -rf $(SCRATCH)/notebooks
	@for file in notebooks/*.ipynb; do \
	  here="$(CURDIR)/$(SCRATCH)/$${file%.ipynb}"; \
	  BAILIAN_NB_HOME="$$here/home" BAILIAN_NB_OUT="$$here/out" $(PY) -m nbconvert --log-level=WARN \
	    --to notebook --inplace --execute --ExecutePreprocessor.record_timing=False \
	    --ExecutePreprocessor.store_widget_state=False "$$file" || exit 1; \
	done

reference: $(VENV)/.run
	@$(PY) -m bailian_nb.views.reference notebooks/reference

site: $(VENV)/.docs
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --strict

js: js/node_modules/.package-lock.json
	@cd js && npm run build && npm run check && npm test

js/node_modules/.package-lock.json: js/package-lock.json
	@cd js && npm ci --no-audit --no-fund --prefer-offline
	@touch $@

# What users install: nothing of the source tree is on the path, the notebook and the widgets come out of the wheel.
wheel: $(VENV)/.run
	@rm -rf $(SCRATCH)/wheel && mkdir -p $(SCRATCH)/wheel
	@$(PIP) wheel --no-deps --wheel-dir $(SCRATCH)/wheel .
	@$(PY) -m venv $(SCRATCH)/wheel/venv
	@$(SCRATCH)/wheel/venv/bin/python -m pip --disable-pip-version-check -qq install --no-compile $(SCRATCH)/wheel/*.whl
	@cd $(SCRATCH)/wheel && WAN_EMULATOR_COARSE=1 venv/bin/bailian-nb demo --out demo_out

conda: $(VENV)/.conda
	@rm -rf $(SCRATCH)/conda
	@RATTLER_CACHE_DIR="$(CURDIR)/$(SCRATCH)/conda/cache" $(PY) .ci/conda/build_here.py "$(CURDIR)/$(SCRATCH)/conda"

clean:
	rm -rf $(VENV) demo_out build dist site

# The first stamp holds the folder that it was made in: an environment that was moved, or whose Python is gone, is made anew.
ifneq ($(shell $(PY) -c "" 2>/dev/null && cat $(VENV)/.made 2>/dev/null),$(CURDIR))
$(VENV)/.made: FORCE
endif

$(VENV)/.made:
	@PYTHON="$(PYTHON)" sh .ci/venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"
	@pwd -P > $@

$(VENV)/.run: $(VENV)/.made pyproject.toml
	@echo "Installing bailian_nb into $(VENV) ..."
	@$(INSTALL) --editable .
	@touch $@

ALL_GROUPS := test lint docs hosts s3 frames conda
$(ALL_GROUPS:%=$(VENV)/.%): $(VENV)/.run
	@echo "Installing the group $(patsubst .%,%,$(notdir $@)) into $(VENV) ..."
	@$(INSTALL) --group $(patsubst .%,%,$(notdir $@))
	@touch $@

# All that `.ci/run` needs, at one go.
CI_GROUPS := test lint docs s3 conda
$(VENV)/.ci: $(VENV)/.run
	@$(INSTALL) $(CI_GROUPS:%=--group %)
	@touch $@ $(CI_GROUPS:%=$(VENV)/.%)
