# Two commands on a fresh clone: `make report` and `make test`. Both need Python 3.11 and make only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is installed beside the toolkit: `make test EXTRAS=test,spark` runs the tests on Spark too.
EXTRAS ?= test
READY := $(VENV)/ready

.PHONY: report test demo refresh screenshot clean

report: demo
	@$(BIN)/toolkit run params/demo.yaml --pack quarterly

test: demo
	$(BIN)/python -m pytest tests -n 2 --dist loadfile
	$(BIN)/python -m pytest --nbval notebooks -p no:cacheprovider

demo: $(READY)
	@$(BIN)/toolkit demo

refresh: demo
	$(BIN)/toolkit notebooks refresh

$(READY): constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $(READY)

clean:
	rm -rf $(VENV) data reports/*/ .pytest_cache

# The picture in README, from the demo's own pack.
screenshot: report
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1440,900 \
	  --virtual-time-budget=8000 --screenshot=docs/report.png "file://$(CURDIR)/reports/demo/quarterly/2026Q3/index.html"
