# `make demo` and `make test` do all their set-up themselves; both rest on `make setup`.

PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: demo test setup system-desktop system-test system-bundle lint types contracts dead-code unit bundle bundle-test lock clean

demo: setup system-desktop
	$(BIN)/tmcwall demo

setup: .venv/.ready

test: setup system-test lint types contracts dead-code unit

system-desktop:
	@packaging/system-packages.sh desktop

system-test:
	@packaging/system-packages.sh test

.venv/.ready: requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "tmcwall memerlukan Python 3.11 atau lebih baru (make PYTHON=python3.12 ...)" >&2; exit 3; }
	@$(PYTHON) -m venv .venv || { echo "Modul venv belum ada; jalankan: sudo apt install -y python3-venv" >&2; exit 3; }
	@echo "Memasang paket Python (sekali saja) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# As on Linux, and as on Windows, which reads other lines of what asks for the system.
types: setup
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/windows

contracts: setup
	$(BIN)/lint-imports --no-logo

# Code that only tests use, and dependencies that nothing imports.
dead-code: setup
	$(BIN)/vulture
	$(BIN)/deptry .

# Most tests wait for cameras and processes, so two cores carry four at a time.
unit: setup
	$(BIN)/pytest -n 3 --dist loadfile

system-bundle:
	@PYTHON="$(PYTHON)" packaging/system-packages.sh bundle

bundle: setup system-bundle
	$(BIN)/pyinstaller --noconfirm --clean --distpath dist --workpath build packaging/tmcwall.spec

bundle-test: bundle
	$(BIN)/pytest tests/bundle

# Needs uv; writes hashes and no addresses.
lock:
	uv lock --upgrade
	uv export --quiet --frozen --no-emit-project --all-extras --all-groups --no-annotate --no-header -o requirements/lock.txt
	uv export --quiet --frozen --no-emit-project --extra server --no-default-groups --no-annotate --no-header -o requirements/server.txt
	rm uv.lock

clean:
	rm -rf .venv build dist
