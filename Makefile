# Two commands: `make book` and `make test`. Each sets up .venv by itself on first use.
# Needs Python 3.11 to 3.14; another than python3:  make book PYTHON=python3.12

PYTHON ?= python3
PORT ?= 8000
RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# A .venv that was made in another folder, or whose Python is gone, is made again.
$(shell { $(RUN) -c "" && grep -qxF "$(CURDIR)" .venv/book; } 2>/dev/null || rm -f .venv/book .venv/tests)

.PHONY: help book pdf zip serve live lab format check test refresh portable bench lock clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

.venv/book: requirements.txt requirements.lock pyproject.toml
	@"$(PYTHON)" -m tools.install

.venv/tests: requirements.txt tests/requirements.txt requirements.lock pyproject.toml
	@"$(PYTHON)" -m tools.install --tests

book: .venv/book  ## build the book and print the address of its first page
	@$(RUN) -m tools.book

pdf: book  ## print the whole book as one PDF (needs Chromium or Chrome)
	@$(RUN) -m tools.pdf

zip: book  ## pack the pages, to be read from disk
	@$(RUN) -m zipfile -c _build/likelihood-to-loss.zip _build/html
	@echo "== Unpack and open html/index.html: _build/likelihood-to-loss.zip"

live: .venv/book  ## build the book with Python for its pages, and show it like `make serve`
	@$(RUN) -m tools.live
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

serve: book  ## build the book and show it at http://127.0.0.1:8000/ (or PORT=...)
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab: .venv/book  ## open the chapters in JupyterLab, with one thread as on Binder
	@.binder/start $(RUN) -m jupyterlab --LabApp.default_url=/lab/tree/chapters

format: .venv/tests  ## bring notebooks and code into the form that is committed; runs no chapter
	@$(RUN) -m tools.refresh --format
	@$(RUN) -m tools.lessons --write
	@$(RUN) -m ruff check --no-cache --quiet --fix .
	@$(RUN) -m ruff format --no-cache .

check: .venv/tests  ## the quick checks: style, rules, package, book; no browser, runs no chapter
	$(RUN) -m ruff check --no-cache .
	$(RUN) -m ruff format --no-cache --check .
	$(PYTEST) -m "not browser and not execute"

test: .venv/tests  ## check everything: style, package, chapters, book
	$(RUN) -m ruff check --no-cache .
	$(RUN) -m ruff format --no-cache --check .
	$(PYTEST)

refresh: .venv/book  ## run the chapters and write their outputs
	@$(RUN) -m tools.refresh

portable: .venv/tests  ## compare the chapters' outputs as other machines would compute them
	@$(RUN) -m tools.portable

bench: .venv/tests  ## measure speed and memory against PyTorch, SciPy and scikit-learn
	@$(RUN) benchmarks/losses.py
	@$(RUN) benchmarks/linear_cross_entropy.py

lock:  ## fit requirements.lock to the pins and show what changed (UPGRADE=1: newest of the rest)
	@"$(PYTHON)" -m venv _build/uv && _build/uv/bin/pip install --quiet uv
	@sed '/^-c /d' requirements.txt tests/requirements.txt | _build/uv/bin/uv pip compile - --quiet --universal \
	    --python-version 3.11 --fork-strategy fewest --no-annotate --no-emit-package nllutils \
	    --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@git --no-pager diff --stat -U0 --patch requirements.lock

clean:  ## remove the built book (to set up again from nothing, remove .venv)
	rm -rf _build
