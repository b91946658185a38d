"""From executed notebooks to a folder that can be published: pages, tables, findings, index, manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from toolkit.company.load import CompanyFile
from toolkit.company.periods import Period
from toolkit.language import Sentence
from toolkit.language.quantities import plain
from toolkit.pack import manifest
from toolkit.pack.around import Around
from toolkit.pack.context import PageContext, PageLink, same_pages
from toolkit.pack.execute import Outcome
from toolkit.pack.index import render_index
from toolkit.pack.notebook_text import read_notebook
from toolkit.pack.page import render_failure, render_page
from toolkit.pack.records import findings_of, tables_of
from toolkit.pack.running import Made
from toolkit.pack.why_failed import Why, why_failed


def write_pages(
    made: list[Made], stage: Path, file: CompanyFile, label: str | Sentence, period: Period, inputs: list[dict],
    languages: tuple[str, ...] = ("en",), around: Callable[[list[dict]], Around] = lambda findings: Around(),
) -> tuple[list[dict], dict[str, str]]:
    """Pages, tables, findings and index into the staging folder.

    Pages of the first language stand in it, those of every other in a folder of their own there. `around`
    gives what the index says beside the findings.

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
    said: dict[str, Why] = {}
    links = tuple(PageLink(job.page, job.title, outcome.failed is None) for job, _, outcome in made)
    provenance = _provenance(file, inputs)

    def write(page: str, title: str | Sentence, rendered: Callable[[PageContext], str]) -> None:
        for language in languages:
            context = PageContext(
                page=page, title=title, company=about.name, pack=label, period=period.label, as_of=about.as_of,
                language=language, links=links, provenance=provenance,
                same=same_pages(page, language, languages) if len(languages) > 1 else (),
            )  # fmt: skip
            folder = stage if language == languages[0] else stage / language
            folder.mkdir(exist_ok=True)
            (folder / f"{page}.html").write_text(rendered(context), encoding="utf-8")

    (stage / "tables").mkdir()
    for job, path, outcome in made:
        if outcome.failed:
            failed[job.page] = outcome.failed
            said[job.page] = why = why_failed(outcome)
            write(job.page, job.title, lambda context, why=why: render_failure(context, why))
            path.unlink(missing_ok=True)
        else:
            notebook = read_notebook(path)
            findings += [{**f, "period": f["period"] or str(period)} for f in findings_of(notebook, job.page)]
            for name, text in tables_of(notebook, job.page).items():
                (stage / "tables" / name).write_text(text, encoding="utf-8")
            write(job.page, job.title, lambda context, notebook=notebook: render_page(notebook, context))
    told = {
        "format": manifest.FORMAT, "company": about.id, "period": str(period),
        "findings": [plain_finding(f) for f in findings],
    }
    (stage / "findings.json").write_text(_json(told), encoding="utf-8")
    beside = around(findings)
    write("index", label, lambda context: render_index(findings, said, context, beside))
    return findings, failed


def write_manifest(
    stage: Path, file: CompanyFile, pack: str, period: Period, inputs: list[dict], made: list[Made], began: datetime
) -> None:
    """What the run was made from, and every file it made; written last."""
    told = {
        "format": manifest.FORMAT, "company": file.company.company.id, "pack": pack, "period": str(period),
        "params": {"file": file.path.name, "sha256": file.sha256, "migrated": list(file.migrated)}, "inputs": inputs,
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


def _provenance(file: CompanyFile, inputs: list[dict]) -> tuple[tuple[str | Sentence, str | Sentence], ...]:
    rows: list[tuple[str | Sentence, str | Sentence]] = [
        (
            Sentence("Table {table}", {"table": i["table"]}),
            Sentence("{mark}, {n} row", {"mark": i["fingerprint"], "n": i["rows"]}, "{mark}, {n} rows", "n"),
        )
        for i in inputs
    ]
    rows += [
        (
            Sentence("Table {table}, without consent", {"table": i["table"]}),
            Sentence("{n} row, left out of everything", {"n": i["without_consent"]}, "{n} rows, left out of everything", "n"),
        )
        for i in inputs if i["without_consent"]
    ]
    rows.append((Sentence("Params"), f"sha256 {file.sha256}"))
    return (*rows, *manifest.versions().items())


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
