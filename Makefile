# Two commands: `make book` and `make test`. Each sets up .venv by itself on first use.
# Needs Python 3.11 to 3.14; another than python3:  make book PYTHON=python3.12

PYTHON ?= $(shell test -f .venv/installed -a -x .venv/bin/python && echo .venv/bin/python || echo python3)
PORT ?= 8000
VENV := .venv/bin/python
INSTALL = @$(PYTHON) -m tools.install

.PHONY: help book pdf zip serve lab test refresh refresh-check portable bench clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

book:  ## build the book and print the address of its first page
	$(INSTALL)
	@$(VENV) -m tools.book

pdf: book  ## print the whole book as one PDF (needs Chromium or Chrome)
	@$(VENV) -m tools.pdf

zip: book  ## pack the pages, to be read from disk
	@$(VENV) -m tools.archive

serve: book  ## build the book and show it at http://127.0.0.1:8000/ (or PORT=...)
	@$(VENV) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab:  ## open the chapters in JupyterLab
	$(INSTALL)
	@$(VENV) -m jupyterlab chapters

test:  ## check everything: style, package, chapters, book
	$(INSTALL) --tests
	$(VENV) -m ruff check --no-cache .
	$(VENV) -m ruff format --no-cache --check .
	$(VENV) -m tools.refresh --check
	$(VENV) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

refresh:  ## run the chapters and write their outputs
	$(INSTALL)
	@$(VENV) -m tools.refresh

refresh-check:  ## run the chapters and compare outputs and figures with what is stored
	$(INSTALL)
	@$(VENV) -m tools.refresh --check

portable:  ## compare the chapters' outputs as other machines would compute them
	$(INSTALL) --tests
	@$(VENV) -m tools.portable

bench:  ## measure speed and memory against PyTorch, SciPy and scikit-learn
	$(INSTALL) --tests
	@$(VENV) benchmarks/losses.py
	@$(VENV) benchmarks/linear_cross_entropy.py

clean:  ## remove the built book (to set up again from nothing, remove .venv)
	rm -rf _build
