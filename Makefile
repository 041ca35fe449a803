# Two commands for everyone: `make demo` and `make test`. Each does all the set-up it needs.
# Python 3.11 or newer is found by itself; `make demo PYTHON=/path/to/python3.12` chooses one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)
NEEDS_PYTHON = @test -n "$(PYTHON)" || { echo "Twofold needs Python 3.11 or newer. Install it, or name it: make $@ PYTHON=…"; exit 2; }
IN = .venv/bin
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.PHONY: help demo serve test slow docs faults mutants bench bench-r lock clean

help:
	@echo "make demo   review a real diary; writes report.html"
	@echo "make serve  keep a diary, in a browser on this machine"
	@echo "make test   every check"
	@echo "make slow   ask many simulated people, most of an hour"
	@echo "make faults  kill, cut the power, fill the disk: does the diary lose an entry? hours"
	@echo "make mutants  change the clinical rules step by step and see whether a test notices, hours"
	@echo "make docs   build the documentation and run its examples"
	@echo "make bench  measure the time of a review, and Twofold against what people use today"
	@echo "make bench-r  the same model in R's glmmTMB, for speed; says how to install R"
	@echo "make lock   resolve the dependencies again"
	@echo "make clean  remove everything that was built"

demo:
	$(NEEDS_PYTHON)
	@$(PYTHON) tools/set_up.py core
	@$(IN)/twofold demo --out report.html

serve:
	$(NEEDS_PYTHON)
	@$(PYTHON) tools/set_up.py app
	@$(IN)/twofold serve

test slow docs faults mutants:
	$(NEEDS_PYTHON)
	@$(PYTHON) tools/set_up.py dev
	@$(IN)/python tools/steps.py $@

bench-r:
	$(NEEDS_PYTHON)
	@$(PYTHON) tools/set_up.py dev
	@$(IN)/python tools/steps.py $@

bench:
	$(NEEDS_PYTHON)
	@$(PYTHON) tools/set_up.py bench
	@$(IN)/python tools/steps.py $@

lock:
	$(NEEDS_PYTHON)
	@$(PYTHON) tools/set_up.py core
	@$(IN)/python tools/steps.py $@

clean:
	rm -rf .venv .venv-peers .venv-peers-ldsc .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist docs/_build report.html
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
