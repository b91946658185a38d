"""All of a run, in order: check, run the notebooks, collect, render, publish."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from toolkit.company.load import CompanyFile, load_company
from toolkit.company.periods import Period, resolve
from toolkit.opened import source_of
from toolkit.pack import manifest, publish
from toolkit.pack.execute import DEADLINE, Outcome, run_notebook
from toolkit.pack.index import render_index
from toolkit.pack.jobs import Job, jobs_of, notebooks_folder, parameters_of, pick_pack
from toolkit.pack.page import PageContext, PageLink, render_failure, render_page
from toolkit.pack.records import findings_of, tables_of
from toolkit.problems import Problem, Refused


Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Run:
    """A published run.

    Attributes
    ----------
    folder
        Where it was published.
    pages
        How many pages it has.
    failed
        Page -> why, for those that could not be made.
    findings
        How many findings they hold.
    """

    folder: Path
    pages: int
    failed: dict[str, str]
    findings: int

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"


def run(
    params: Path,
    pack: str | None = None,
    period: str = "latest",
    only: tuple[str, ...] = (),
    jobs: int = 1,
    out: Path = Path("reports"),
    deadline: float = DEADLINE,
    told: Told = lambda what, done, of: None,
) -> Run:
    """Make a pack and publish it.

    Parameters
    ----------
    params
        The company's params file.
    pack
        Its pack; the first one of the file where None.
    period
        ``latest`` or a period such as ``2026Q3``.
    only
        Just the pages of these notebooks.
    jobs
        How many notebooks run at a time.
    out
        The folder of all reports; this one goes to ``<company>/<pack>/<period>/`` in it.
    told
        Called with what was done, how many pages are done, of how many.

    Raises
    ------
    Refused
        Params, tables or a question to them are refused; nothing was published.
    publish.Busy
        Another run of the same pack is under way.
    """
    began = datetime.now(UTC)
    folder = notebooks_folder(Path.cwd(), Path(params).parent)
    file = load_company(params, {p.stem: tuple(parameters_of(p)) for p in sorted(folder.glob("*.ipynb"))})
    about = file.company.company
    asked = resolve(period, about.as_of, about.fiscal_year_starts)
    name, chosen = pick_pack(file, pack)
    work = jobs_of(file, chosen, str(asked), folder, only)
    told("checking the tables", 0, len(work))
    inputs = inputs_of(file)
    home = out / about.id / name
    with publish.locked(home):
        publish.recover(home, str(asked))
        stage = publish.staging(home, str(asked))
        made = _run_all(work, stage, file, jobs, deadline, told)
        refused = dict.fromkeys(line for _, _, outcome in made for line in outcome.problems)
        if refused:
            publish.withdraw(home)
            raise Refused(Problem("", line) for line in refused)
        told("writing the pages", len(work), len(work))
        findings, failed = _write(made, stage, file, chosen.label, asked, inputs)
        _write_manifest(stage, file, name, asked, inputs, made, began)
        publish.publish(stage, home / str(asked))
    return Run(home / str(asked), len(work), failed, len(findings))


def inputs_of(file: CompanyFile) -> list[dict]:
    """Every table, its contract checked: name, fingerprint, rows read and set aside.

    Raises
    ------
    Refused
        With every violation of every table.
    """
    from toolkit.data.contract import check_contracts

    with source_of(file) as source:
        reports = check_contracts(source)
        return [
            {"table": r.name, "fingerprint": source.fingerprint(r.name), "rows": r.rows, "kept": r.kept,
             "set_aside": [{"column": s.column, "rule": s.rule, "rows": s.rows} for s in r.set_aside]}
            for r in reports
        ]


def _run_all(work: list[Job], stage: Path, file: CompanyFile, jobs: int, deadline: float, told: Told) -> list[tuple[Job, Path, Outcome]]:
    """Every notebook, executed into the staging folder; results in the order of `work`."""
    folder = stage / "notebooks"
    folder.mkdir()
    outcomes: dict[str, Outcome] = {}
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        running = {
            pool.submit(run_notebook, job.notebook, folder / f"{job.page}.ipynb", job.params,
                        file.path.resolve().parent, deadline): job
            for job in work
        }
        for done in as_completed(running):
            job = running[done]
            outcomes[job.page] = done.result()
            told(job.title if not outcomes[job.page].failed else f"{job.title}: failed", len(outcomes), len(work))
    return [(job, folder / f"{job.page}.ipynb", outcomes[job.page]) for job in work]


def _write(made, stage: Path, file: CompanyFile, label: str, period: Period, inputs: list[dict]) -> tuple[list[dict], dict[str, str]]:
    """Pages, tables, findings and index into the staging folder."""
    from toolkit.language import Sentence

    about = file.company.company
    findings: list[dict] = []
    failed: dict[str, str] = {}
    links = tuple(
        PageLink(job.page, job.title, outcome.failed is None) for job, _, outcome in made
    )
    (stage / "tables").mkdir()
    for job, path, outcome in made:
        context = PageContext(
            page=job.page, title=job.title, company=about.name, pack=label, period=period.label,
            as_of=about.as_of, language=about.language, links=links, provenance=_provenance(file, inputs),
        )
        if outcome.failed:
            failed[job.page] = outcome.failed
            html = render_failure(context, Sentence("{why}", {"why": failed[job.page]}))
            path.unlink(missing_ok=True)
        else:
            notebook = nbformat.read(path, as_version=4)
            _forget_times(notebook)
            path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            findings += [{**f, "period": f["period"] or str(period)} for f in findings_of(notebook, job.page)]
            for name, text in tables_of(notebook, job.page).items():
                (stage / "tables" / name).write_text(text, encoding="utf-8")
            html = render_page(notebook, context)
        (stage / f"{job.page}.html").write_text(html, encoding="utf-8")
    told_of = {
        "format": manifest.FORMAT, "company": about.id, "period": str(period),
        "findings": [plain_finding(f) for f in findings],
    }
    (stage / "findings.json").write_text(_json(told_of), encoding="utf-8")
    context = PageContext(
        page="index", title=label, company=about.name, pack=label, period=period.label, as_of=about.as_of,
        language=about.language, links=links, provenance=_provenance(file, inputs),
    )
    (stage / "index.html").write_text(render_index(findings, failed, context), encoding="utf-8")
    return findings, failed


def plain_finding(finding: dict) -> dict:
    """A finding as others read it: its words in the company's language, without their templates."""
    checks = [{k: v for k, v in check.items() if k != "said"} for check in finding["checks"]]
    return {**{k: v for k, v in finding.items() if k != "said"}, "checks": checks}


def _forget_times(notebook: nbformat.NotebookNode) -> None:
    """When and how long belongs to the manifest; notebooks of two runs should be the same."""
    notebook.metadata.pop("papermill", None)
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i:02d}"  # papermill gives the cell it adds a random one
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)


def _provenance(file: CompanyFile, inputs: list[dict]) -> tuple[tuple[str, str], ...]:
    rows = [(f"Table {i['table']}", f"{i['fingerprint']}, {i['rows']:,} rows") for i in inputs]
    rows.append(("Params", f"sha256 {file.sha256}"))
    return (*rows, *((name, number) for name, number in manifest.versions().items()))


def _write_manifest(stage, file, pack, period, inputs, made, began) -> None:
    told = {
        "format": manifest.FORMAT, "company": file.company.company.id, "pack": pack, "period": str(period),
        "params": {"file": file.path.name, "sha256": file.sha256}, "inputs": inputs,
        "versions": manifest.versions(), "commit": manifest.commit_of(Path(__file__).parent),
        "pages": [
            {"page": job.page, "notebook": job.notebook.name, "notebook_sha256": manifest.hash_of(job.notebook),
             "params": job.params, "failed": outcome.failed, "problems": list(outcome.problems),
             "seconds": round(outcome.seconds, 3)}
            for job, _, outcome in made
        ],
        "files": {str(p.relative_to(stage)): manifest.hash_of(p) for p in sorted(stage.rglob("*")) if p.is_file()},
        "started": began.isoformat(timespec="seconds"), "ended": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (stage / "manifest.json").write_text(_json(told), encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
