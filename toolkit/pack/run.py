"""All of a run, in order: check, run the notebooks, collect, render, publish."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from toolkit.company.load import CompanyFile, load_company
from toolkit.data.connection import kept_for_a_run
from toolkit.data.contract import check_contracts
from toolkit.data.prepared import Prepared, prepare
from toolkit.display.picture import keeping
from toolkit.language.catalogues import LANGUAGES
from toolkit.opened import source_of
from toolkit.pack import before, identifiers, publish, unchanged
from toolkit.pack.engines import Limits, engine_called, start_early
from toolkit.pack.jobs import called, jobs_of, notebooks_folder, parameters_of, pick_pack
from toolkit.pack.readiness import due as due_period
from toolkit.pack.remembered import Remembered, code
from toolkit.pack.running import Told, Workshop, run_all
from toolkit.pack.unchanged import Run
from toolkit.pack.writing import write_manifest, write_pages
from toolkit.problems import Problem, Refused

__all__ = ["Run", "inputs_of", "run"]


def run(
    params: Path,
    pack: str | None = None,
    period: str = "latest",
    only: tuple[str, ...] = (),
    jobs: int = 1,
    out: Path = Path("reports"),
    *,
    engine: str | None = None,
    force: bool = False,
    limits: Limits = Limits(),
    languages: tuple[str, ...] = (),
    executor: Executor | None = None,
    told: Told = lambda what, done, of: None,
) -> Run:
    """Make a pack and publish it; nothing is made where the one published still holds.

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
    engine
        What runs a notebook: ``fast`` or ``nbclient``; the best of this system where None.
    force
        Make everything anew, whatever earlier runs left.
    limits
        What one notebook may take.
    languages
        Of the pages, the one that opens first; the company's own where none is given.
    executor
        Where the notebooks run, instead of `jobs` at a time here.
    told
        Called with what was done, how many pages are done, of how many.

    Raises
    ------
    Refused
        Params, tables or a question to them are refused; nothing was published.
    publish.Busy
        Another run of the same pack is under way.
    """
    asked = unchanged.question(params, pack=pack, period=period, only=only, out=str(out), languages=languages)
    if not force and (there := unchanged.still_holds(out, asked)):
        return there
    began = datetime.now(UTC)
    folder = notebooks_folder(Path.cwd(), Path(params).parent)
    file = load_company(params, {p.stem: tuple(parameters_of(p)) for p in sorted(folder.glob("*.ipynb"))})
    about = file.company.company
    due = due_period(file, period)
    name, chosen = pick_pack(file, pack)
    spoken = _known_languages(languages) or about.spoken
    work = jobs_of(file, chosen, str(due), folder, only)
    runs = engine_called(engine)
    stamped = unchanged.stamps(Path(params), folder, file)
    for note in file.migrated:
        told(f"{params}: read as {note}", 0, len(work))
    told("checking the tables", 0, len(work))
    store = None if force else Remembered(out)
    met = Remembered(out).folder.exists()
    if executor is None and jobs > 1 and (force or not met):  # notebooks will have to be run
        start_early(engine)
    home = out / about.id / name
    with kept_for_a_run(file.company.source), _writable(out), publish.locked(home):
        try:
            with _workroom(home) as ready, keeping(store, code()):
                inputs, prepared = inputs_of(file, ready)
                publish.recover(home, str(due))
                stage = publish.staging(home, str(due))
                shop = Workshop(file, ready, {i["table"]: _trusted(file, i) for i in inputs}, runs, limits, store)
                made = run_all(work, stage / "notebooks", shop, jobs, told, executor)
                if refused := dict.fromkeys(line for _, _, outcome in made for line in outcome.problems):
                    with source_of(file, prepared) as source:
                        raise Refused(Problem("", line) for line in identifiers.safely_said(refused, file.company, source))
                told("writing the pages", len(work), len(work))
                earlier = before.before(out, file, name, due)
                findings, failed = write_pages(made, stage, file, called(chosen), due, inputs, spoken, earlier.around)
                write_manifest(stage, file, name, due, inputs, made, began)
                with source_of(file, prepared) as source:
                    identifiers.gate(stage, file.company, source)
        except (Refused, OSError) as wrong:
            # what names a person is not kept for the next run either
            if not met or isinstance(wrong, identifiers.Named):
                Remembered(out).forget()
            publish.withdraw(home)
            raise
        publish.publish(stage, home / str(due))
        before.keep(out, file, name, due, findings)
    result = Run(home / str(due), len(work), failed, len(findings))
    if not failed:
        unchanged.note(out, asked, result, stamped)
    Remembered(out).tidy()
    return result


def inputs_of(file: CompanyFile, ready: Path) -> tuple[list[dict], Prepared]:
    """Every table, its contract checked, and made ready for the notebooks of a run.

    Parameters
    ----------
    ready
        The folder to make them ready in.

    Returns
    -------
    list of dict
        Name, fingerprint, rows read and set aside of each table.
    Prepared
        What stands in the folder.

    Raises
    ------
    Refused
        With every violation of every table.
    """
    with source_of(file) as source:
        reports = check_contracts(source)
        prepared = prepare(source, file, ready)
        inputs = [
            {"table": r.name, "fingerprint": source.fingerprint(r.name), "rows": r.rows, "kept": r.kept,
             "without_consent": r.without_consent,
             "set_aside": [{"column": s.column, "rule": s.rule, "rows": s.rows} for s in r.set_aside]}
            for r in reports
        ]
    return inputs, prepared


def _known_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [Problem("--language", "is no language of the pages", name, tuple(LANGUAGES))
               for name in languages if name not in LANGUAGES]  # fmt: skip
    if unknown:
        raise Refused(unknown)
    return tuple(dict.fromkeys(languages))


def _trusted(file: CompanyFile, told: dict) -> str:
    """A table's fingerprint where it changes with every change of the table; else nothing."""
    return told["fingerprint"] if file.company.tables[told["table"]].path is not None else ""


@contextmanager
def _writable(out: Path) -> Iterator[None]:
    """Around everything that writes below `out`: what the system refuses is said in words."""
    try:
        yield
    except OSError as wrong:
        where = wrong.filename or str(out)
        rule = f"cannot be written or read ({wrong.strerror or wrong}); what was published before is untouched"
        raise Refused(Problem(str(where), rule)) from None


@contextmanager
def _workroom(home: Path) -> Iterator[Path]:
    """A folder for what the notebooks of one run share; one that a killed run left is removed first.

    Beside the reports, so that workers elsewhere find it where they find those.
    """
    folder = home / publish.STAGING / ".ready"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        publish.unstage(home)
