# `make demo` and `make test` do all their set-up themselves. What the system lacks is said before Python's packages are fetched.

PYTHON ?= python3
BIN := .venv/bin
# Empty is "no": each process that is started compiles what it imports anew unless one keeps it, which takes the server 2 s.
export PYTHONDONTWRITEBYTECODE =

.NOTPARALLEL:
.PHONY: demo test runtime setup system-python system-desktop system-test system-bundle lint types contracts dead-code unit integration bundle bundle-test lock clean

demo: system-desktop runtime
	$(BIN)/tmcwall demo

# The Python packages that the program itself needs.
runtime: system-python
	@$(PYTHON) packaging/environment.py demo

# Those that check and build it, too.
setup: system-python
	@$(PYTHON) packaging/environment.py all

test: system-test setup lint types contracts dead-code unit integration

system-python system-desktop system-test system-bundle: system-%:
	@PYTHON="$(PYTHON)" GOAL="$(or $(MAKECMDGOALS),demo)" packaging/system-packages.sh $*

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# As on Linux, and as on Windows, which reads other lines of what asks for the system; at the same time.
types: setup
	$(BIN)/mypy & here=$$!; $(BIN)/mypy --platform win32 --cache-dir .mypy_cache/windows tmcwall; there=$$?; wait $$here && exit $$there

contracts: setup
	$(BIN)/lint-imports --no-logo

# Code that only tests use, and dependencies that nothing imports.
dead-code: setup
	$(BIN)/vulture
	$(BIN)/deptry .

# Coverage is measured where all runs in one process, and may not fall in any room.
unit: setup
	$(BIN)/pytest -n 3 --dist loadfile --cov --cov-report= tests/unit tests/ui
	$(BIN)/python -m tests.coverage_by_room

# Most tests wait for cameras and processes, so two cores carry four at a time. What takes longest begins first: at the end
# the others would wait for it.
integration: setup
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder tests/integration/video/test_city_faults.py tests/e2e tests/integration

bundle: system-bundle setup
	$(BIN)/pyinstaller --noconfirm --clean --distpath dist --workpath build packaging/tmcwall.spec

bundle-test: bundle
	$(BIN)/pytest tests/bundle

# Needs uv; writes hashes and no addresses.
lock:
	uv lock --upgrade
	uv export --quiet --frozen --no-emit-project --all-extras --all-groups --no-annotate --no-header -o requirements/lock.txt
	uv export --quiet --frozen --no-emit-project --extra desktop --extra server --no-default-groups --group install --no-annotate --no-header -o requirements/demo.txt
	uv export --quiet --frozen --no-emit-project --extra server --no-default-groups --no-annotate --no-header -o requirements/server.txt
	rm uv.lock

clean:
	rm -rf .venv build dist
