"""The findings of a pack's notebooks, run as a run runs them; no page is drawn or published."""

from __future__ import annotations

from pathlib import Path

from same_findings import by_id

from toolkit.company.load import load_company
from toolkit.company.periods import resolve
from toolkit.pack.engines import Limits, engine_called
from toolkit.pack.jobs import jobs_of, notebooks_folder, parameters_of, pick_pack
from toolkit.pack.notebook_text import read_notebook
from toolkit.pack.records import findings_of
from toolkit.pack.run import inputs_of
from toolkit.pack.running import Workshop, run_all
from toolkit.pack.writing import plain_finding


def executed(params, place, only=()):
    """What pages of the first pack of `params` find, by id (`only` these, or all); what contracts counted, by table."""
    folder = notebooks_folder(Path(__file__).parent)
    file = load_company(params, {p.stem: tuple(parameters_of(p)) for p in sorted(folder.glob("*.ipynb"))})
    about = file.company.company
    period = resolve("latest", about.as_of, about.fiscal_year_starts)
    work = jobs_of(file, pick_pack(file, None)[1], str(period), folder)
    work = [job for job in work if not only or job.page in only]
    ready = place / "ready"
    ready.mkdir(parents=True)
    inputs, _ = inputs_of(file, ready)
    shop = Workshop(file, ready, {i["table"]: "" for i in inputs}, engine_called(None), Limits(), None)
    made = run_all(work, place / "notebooks", shop, 1, lambda *_: None)
    assert {job.page: outcome.failed for job, _, outcome in made if outcome.failed} == {}
    found = [plain_finding(f) for job, path, _ in made for f in findings_of(read_notebook(path), job.page)]
    assert len({f["id"] for f in found}) == len(found)
    return by_id(found), {i["table"]: (i["rows"], i["kept"], i["set_aside"]) for i in inputs}
