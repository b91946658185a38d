# Two commands on a fresh clone: `make report` and `make test`. Both need Python 3.11 and make only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is installed beside the toolkit: `make report EXTRAS=spark`, say, for tables in Spark.
EXTRAS ?= test,store
READY := $(VENV)/ready

.PHONY: report test test-spark demo refresh screenshot clean calibrate schemas test-lowest

report: demo
	@$(BIN)/toolkit run params/demo.yaml --pack quarterly

test: demo
	$(BIN)/python -m pytest tests -n 2 --dist loadfile
	$(BIN)/python -m pytest --nbval notebooks -p no:cacheprovider

# The demo's whole pack over Spark; in `make test` some of its pages.
test-spark: $(READY)
	TOOLKIT_WHOLE_SPARK=1 $(BIN)/python -m pytest tests/pack/test_databases_pack.py -k spark -p no:cacheprovider

demo: $(READY)
	@$(BIN)/toolkit demo

refresh: demo
	$(BIN)/toolkit notebooks refresh

$(READY): constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@$(BIN)/python -m compileall -q toolkit
	@touch $(READY)

# Every simulation at full size (half an hour of one core); writes docs/calibration.md. ONLY="roi demo": some of them,
# the others keep what stands there. QUICK=1: small sizes, to the screen.
calibrate: demo
	$(BIN)/python benchmarks/calibrate.py $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

# The published forms of the params file and of what a run publishes.
schemas: $(READY)
	for of in params findings manifest; do $(BIN)/toolkit schema --of $$of > docs/schemas/$$of.schema.json; done

# Tests under the lowest versions that pyproject.toml allows, in a venv of its own; QUICK=1: a few that touch each library.
LOWEST := tests/stats tests/company tests/data tests/pack/test_run.py
LOWEST_QUICK := tests/test_kpis.py tests/stats/test_shares.py tests/stats/test_means.py tests/stats/test_autoregression.py \
  tests/data/test_excel_files.py tests/language/test_plurals_and_places.py tests/display/test_money_charts.py

test-lowest:
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-lowest.txt --editable '.[test]'
	.venv-lowest/bin/python -m pytest $(if $(QUICK),$(LOWEST_QUICK),$(LOWEST)) -q -p no:cacheprovider
	$(if $(QUICK),.venv-lowest/bin/toolkit demo)
	$(if $(QUICK),.venv-lowest/bin/toolkit run params/demo.yaml --only offers --only plan_changes --force --out build/lowest)

clean:
	rm -rf $(VENV) data reports/*/ .pytest_cache

# The picture in README, from the demo's own pack.
screenshot: report
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1440,900 \
	  --virtual-time-budget=8000 --screenshot=docs/report.png "file://$(CURDIR)/reports/demo/quarterly/2026Q3/index.html"
