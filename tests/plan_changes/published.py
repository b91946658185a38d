"""A params file for public data sets: published evaluations of dated changes, as a company would ask."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

PARAMS = """\
version: 1
company: {id: published, name: Published cases, as_of: 2006-12-31}
folder: .
tables:
  sicily:
    path: sicily.csv
    columns:
      year: {type: integer}
      month: {type: integer}
      aces: {type: integer, min: 0}
      stdpop: {type: number, min: 1}
  belts:
    path: Seatbelts.csv
    columns:
      drivers: {type: integer}
      rear: {type: integer}
      petrol_price: {type: number, from: PetrolPrice}
      year: {type: integer}
      month: {type: integer}
  stores:
    path: stores.csv
    key: [store, day]
    time: day
    columns:
      store: {type: text}
      state: {type: category, values: [nj, pa]}
      day: {type: date}
      fte: {type: number}
  cigarettes:
    path: california_prop99.csv
    csv: {delimiter: ";"}
    key: [state, year]
    columns:
      state: {type: text, from: State}
      year: {type: integer, from: Year}
      packs: {type: number, from: PacksPerCapita}
kpis:
  admissions:
    {label: Acute coronary events, table: sicily, numerator: aces, denominator: stdpop, format: count, better: lower}
  drivers_hurt: {label: Drivers killed or hurt, table: belts, numerator: drivers, better: lower}
  rear_hurt: {label: Rear-seat passengers killed or hurt, table: belts, numerator: rear, better: lower}
  employment: {label: Full-time equivalents a store, table: stores, numerator: fte, unit: store}
  packs: {label: Packs a head, table: cigarettes, numerator: packs, unit: state, better: lower}
changes:
  smoking_ban:
    label: Smoking ban in Sicily
    kpi: admissions
    dated: make_date(year, month, 1)
    effective: 2005-01-01
    promised_relative: -0.05
    harmonics: 2
  seat_belts:
    label: Seat belt law
    kpi: drivers_hurt
    dated: make_date(year, month, 1)
    effective: 1983-02-01
    due: 1984-12-31
    promised_relative: -0.2
    worthwhile_relative: -0.05
    scale: log
    covariates: {petrol: ln(petrol_price)}
    untouched_kpi: rear_hurt
  minimum_wage:
    label: Minimum wage in New Jersey
    kpi: employment
    effective: 1992-04-01
    due: 1992-12-31
    touched: state = 'nj'
    period: quarter
    promised: 1.0
  proposition_99:
    label: Proposition 99
    kpi: packs
    dated: make_date(year, 1, 1)
    effective: 1989-01-01
    due: 2000-12-31
    touched: state = 'California'
    period: year
    promised: -10.0
packs:
  published:
    label: Published cases
    pages:
      - {notebook: plan_change, for_each: changes}
"""


def write_published(data: Path, folder: Path) -> Path:
    """The params file beside the tables it needs; nothing is changed in them but the shape of one."""
    for name in ("sicily.csv", "Seatbelts.csv", "california_prop99.csv"):
        shutil.copy(data / "plan_changes" / name, folder / name)
    wide = pd.read_csv(data / "plan_changes" / "card_krueger_1994.csv")
    waves = []
    for day, tail in (("1992-02-15", ""), ("1992-11-15", "2")):
        # FTE as Card & Krueger (1994) count them: full-time, managers, half of part-time
        fte = wide[f"EMPFT{tail}"] + wide[f"NMGRS{tail}"] + wide[f"EMPPT{tail}"] / 2
        state = wide["STATE"].map({1: "nj", 0: "pa"})
        waves.append(pd.DataFrame({"store": wide.index.map("s{:03d}".format), "state": state, "day": day, "fte": fte}))
    pd.concat(waves).to_csv(folder / "stores.csv", index=False)
    path = folder / "published.yaml"
    path.write_text(PARAMS, encoding="utf-8")
    return path


def run_pack(params: Path, out: Path, *more: str) -> dict[str, dict]:
    """Every finding of `toolkit run`, by id."""
    command = [sys.executable, "-m", "toolkit.cli", "run", str(params), "--out", str(out), "--jobs", "1", *more]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    index = Path(made.stdout.strip().splitlines()[-1])
    found = json.loads((index.parent / "findings.json").read_text(encoding="utf-8"))
    return {f["id"]: f for f in (found["findings"] if isinstance(found, dict) else found)}
