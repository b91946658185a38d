"""The notebooks of a pack: those that still hold are taken as they are, the others are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolkit.company.load import CompanyFile
from toolkit.data.prepared import ASKED, VARIABLE, asked_of
from toolkit.display.chart import UNDRAWN
from toolkit.pack import manifest, remembered
from toolkit.pack.drawing import draw_missing
from toolkit.pack.engines import Engine, Limits
from toolkit.pack.execute import End, Order, Outcome
from toolkit.pack.jobs import PLAN, Job
from toolkit.pack.notebook_text import METADATA, Node, read_notebook, text_of
from toolkit.pack.remembered import Page, Remembered

Told = Callable[[str, int, int], None]
Made = tuple[Job, Path, Outcome]
"""A page's job, its executed notebook, how the run ended."""


@dataclass(frozen=True)
class Workshop:
    """What the notebooks of one run share.

    Attributes
    ----------
    file
        The params file.
    ready
        The folder with the tables made ready; each notebook's own notes go there too.
    fingerprints
        Table -> what changes with it; empty text where that cannot be known.
    engine, limits
        What runs a notebook, and what it may take.
    store
        What earlier runs made; None where all is to be made anew.
    """

    file: CompanyFile
    ready: Path
    fingerprints: dict[str, str]
    engine: Engine
    limits: Limits
    store: Remembered | None

    def key(self, job: Job) -> str:
        """What a page is made from, apart from the tables."""
        source = remembered.source_of(job.notebook.read_bytes())
        return remembered.key_of(
            source, job.params, self.file.sha256, str(self.file.company.company.as_of), remembered.code(), manifest.versions())


def run_all(work: list[Job], folder: Path, shop: Workshop, jobs: int, told: Told, executor: Executor | None = None) -> list[Made]:
    """Every notebook, executed into `folder`, its charts drawn; in the order of `work`.

    Parameters
    ----------
    jobs
        How many run at a time, where there is no `executor`.
    executor
        What runs the notebooks instead, elsewhere perhaps; see `run_elsewhere`.
    """
    folder.mkdir(exist_ok=True)
    keys = {job.page: shop.key(job) for job in work}
    outcomes = {job.page: outcome for job in work if (outcome := _still_holds(job, folder, shop, keys[job.page]))}
    took = shop.store.seconds() if shop.store else {}
    left = [j for j in work if j.page not in outcomes]
    # what the plan is judged by is found by other pages first; among them the longest begin
    left.sort(key=lambda j: (j.notebook.stem in PLAN, -took.get(j.page, float("inf"))))
    told(f"{len(left)} notebooks to run", len(outcomes), len(work))
    with _pool(executor, jobs) as pool:
        running = {pool.submit(*_task(_order(job, folder, shop), shop, executor)): job for job in left}
        for done in as_completed(running):
            job = running[done]
            path = folder / f"{job.page}.ipynb"
            outcome = outcomes[job.page] = _landed(done, path)
            if not outcome.failed:
                _finish(path, outcome, keys[job.page], job, shop)
            told(str(job.title) if not outcome.failed else f"{job.title}: failed", len(outcomes), len(work))
    if shop.store:
        shop.store.keep_seconds({p: o.seconds for p, o in outcomes.items() if not o.failed and not o.remembered})
    return [(job, folder / f"{job.page}.ipynb", outcomes[job.page]) for job in work]


def run_elsewhere(order: Order, engine: Engine, limits: Limits) -> tuple[Outcome, str | None]:
    """What a worker of an executor does: the notebook's end, and its text.

    The worker reads the params file and the tables at the same paths as the run itself.
    """
    output = Path(order.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    outcome = engine(order, limits)
    return outcome, output.read_text(encoding="utf-8") if output.exists() else None


def _still_holds(job: Job, folder: Path, shop: Workshop, key: str) -> Outcome | None:
    page = shop.store.page(key, shop.fingerprints) if shop.store else None
    if page is None:
        return None
    (folder / f"{job.page}.ipynb").write_text(page.notebook, encoding="utf-8")
    return Outcome(page.seconds, remembered=True)


def _order(job: Job, folder: Path, shop: Workshop) -> Order:
    environment = {VARIABLE: str(shop.ready), ASKED: str(_asked(job, shop)), UNDRAWN: "1"}
    output = folder / f"{job.page}.ipynb"
    return Order(str(job.notebook), str(output), job.params, str(shop.file.path.resolve().parent), environment)


def _asked(job: Job, shop: Workshop) -> Path:
    return shop.ready / f"{job.page}.asked"


def _task(order: Order, shop: Workshop, executor: Executor | None) -> tuple:
    return (shop.engine, order, shop.limits) if executor is None else (run_elsewhere, order, shop.engine, shop.limits)


def _landed(done: Future, path: Path) -> Outcome:
    """How a notebook ended, its text brought here; a worker that went away is a page that failed."""
    try:
        result = done.result()
    except Exception as lost:  # noqa: BLE001 - each executor raises its own; all mean the same here
        return Outcome.ended(0.0, End("lost", said=type(lost).__name__))
    if isinstance(result, Outcome):
        return result
    outcome, text = result
    if text is not None and not path.exists():
        path.write_text(text, encoding="utf-8")
    return outcome


def _finish(path: Path, outcome: Outcome, key: str, job: Job, shop: Workshop) -> None:
    """Draw its charts, forget its times, and remember it where all it rests on can be known."""
    notebook = read_notebook(path)
    draw_missing(notebook)
    _forget_times(notebook)
    text = text_of(notebook) + "\n"
    path.write_text(text, encoding="utf-8")
    asked = asked_of(_asked(job, shop))
    if shop.store and all(shop.fingerprints.get(t) for t in asked):
        shop.store.keep_page(key, Page(text, {t: shop.fingerprints[t] for t in asked}, outcome.seconds))


def _forget_times(notebook: Node) -> None:
    """When, how long and by which kernel belongs to the manifest; notebooks of two runs should be the same."""
    notebook.metadata = METADATA
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i:02d}"  # papermill gives the cell it adds a random one
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)


@contextmanager
def _pool(executor: Executor | None, jobs: int) -> Iterator[Executor]:
    if executor is not None:
        yield executor
        return
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        yield pool
