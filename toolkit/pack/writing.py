"""From executed notebooks to a folder that can be published: pages, tables, findings, index, manifest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from toolkit.company.load import CompanyFile
from toolkit.company.periods import Period
from toolkit.language import Sentence
from toolkit.language.quantities import plain
from toolkit.pack import manifest
from toolkit.pack.index import render_index
from toolkit.pack.page import PageContext, PageLink, render_failure, render_page
from toolkit.pack.records import findings_of, tables_of
from toolkit.pack.running import Made


def write_pages(
    made: list[Made], stage: Path, file: CompanyFile, label: str, period: Period, inputs: list[dict]
) -> tuple[list[dict], dict[str, str]]:
    """Pages, tables, findings and index into the staging folder.

    Returns
    -------
    findings
        As in ``findings.json``.
    failed
        Page -> why it could not be made.
    """
    about = file.company.company
    findings: list[dict] = []
    failed: dict[str, str] = {}
    links = tuple(PageLink(job.page, job.title, outcome.failed is None) for job, _, outcome in made)
    provenance = _provenance(file, inputs)

    def context(page: str, title: str) -> PageContext:
        return PageContext(
            page=page, title=title, company=about.name, pack=label, period=period.label, as_of=about.as_of,
            language=about.language, links=links, provenance=provenance,
        )

    (stage / "tables").mkdir()
    for job, path, outcome in made:
        if outcome.failed:
            failed[job.page] = outcome.failed
            html = render_failure(context(job.page, job.title), Sentence("{why}", {"why": outcome.failed}))
            path.unlink(missing_ok=True)
        else:
            notebook = nbformat.read(path, as_version=4)
            findings += [{**f, "period": f["period"] or str(period)} for f in findings_of(notebook, job.page)]
            for name, text in tables_of(notebook, job.page).items():
                (stage / "tables" / name).write_text(text, encoding="utf-8")
            html = render_page(notebook, context(job.page, job.title))
        (stage / f"{job.page}.html").write_text(html, encoding="utf-8")
    told = {
        "format": manifest.FORMAT, "company": about.id, "period": str(period),
        "findings": [plain_finding(f) for f in findings],
    }
    (stage / "findings.json").write_text(_json(told), encoding="utf-8")
    (stage / "index.html").write_text(render_index(findings, failed, context("index", label)), encoding="utf-8")
    return findings, failed


def write_manifest(
    stage: Path, file: CompanyFile, pack: str, period: Period, inputs: list[dict], made: list[Made], began: datetime
) -> None:
    """What the run was made from, and every file it made; written last."""
    told = {
        "format": manifest.FORMAT, "company": file.company.company.id, "pack": pack, "period": str(period),
        "params": {"file": file.path.name, "sha256": file.sha256}, "inputs": inputs,
        "versions": manifest.versions(), "commit": manifest.commit_of(Path(__file__).parent),
        "pages": [
            {"page": job.page, "notebook": job.notebook.name, "notebook_sha256": manifest.hash_of(job.notebook),
             "params": job.params, "failed": outcome.failed, "problems": list(outcome.problems),
             "seconds": round(outcome.seconds, 3), "cpu_seconds": plain(outcome.cpu), "remembered": outcome.remembered}
            for job, _, outcome in made
        ],
        "files": {str(p.relative_to(stage)): manifest.hash_of(p) for p in sorted(stage.rglob("*")) if p.is_file()},
        "started": began.isoformat(timespec="seconds"), "ended": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (stage / "manifest.json").write_text(_json(told), encoding="utf-8")


def plain_finding(finding: dict) -> dict:
    """A finding as others read it: its words in the company's language, without their templates."""
    checks = [{k: v for k, v in check.items() if k != "said"} for check in finding["checks"]]
    return {**{k: v for k, v in finding.items() if k != "said"}, "checks": checks}


def _provenance(file: CompanyFile, inputs: list[dict]) -> tuple[tuple[str, str], ...]:
    rows = [(f"Table {i['table']}", f"{i['fingerprint']}, {i['rows']:,} rows") for i in inputs]
    rows.append(("Params", f"sha256 {file.sha256}"))
    return (*rows, *manifest.versions().items())


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
