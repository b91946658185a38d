"""Which pages a run makes, and with which parameters.

papermill runs a parameter's *name* as code and only logs one it does not know, so names, types
and values are checked here, before it sees them.
"""

from __future__ import annotations

import ast
import keyword
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.company.load import CompanyFile
from toolkit.company.packs import Pack, Page
from toolkit.language import Sentence
from toolkit.pack.notebook_text import read_notebook
from toolkit.problems import Problem, Refused

EVERYTHING = "everything"
"""The pack of a params file that declares none: a page for each thing it asks."""

_EVERYTHING_ASKED = "Everything asked"

_FOR_EACH = {"tests": ("ab_test", "test"), "changes": ("plan_change", "change"),
             "benchmarks": ("competitor_benchmark", "benchmark"), "departments": ("department", "department"),
             "segments": ("segment", "segment")}
"""Part of the params file -> the notebook that answers it and the parameter that names the entry."""

TRENDS = "kpi_trends"
"""The notebook of all KPIs over time."""

CUSTOMERS = "customer_value"
"""The notebook of what customers bring, cost and ask."""

SERVICE = "service"
"""The notebook of how the service runs."""

QUALITY = "data_quality"
"""The notebook of whether the data is good enough."""

RETURN, OFFERS = "roi", "offers"
"""The notebooks of what the plan costs and returns, and of offers and vendors."""

PLAN = ("scorecard", "the_plan")
"""The notebooks of the plan itself."""

_TITLES = {
    "ab_test": "A/B test", "plan_change": "Plan change", "plan_changes": "The plan's changes", "department": "Department",
    "segment": "Segment",
    "competitor_benchmark": "Competitors", TRENDS: "KPIs, targets and goals", CUSTOMERS: "Customers worth keeping",
    SERVICE: "How the service runs", QUALITY: "Is the data good enough?", RETURN: "Money and return",
    OFFERS: "Offers and vendors", "scorecard": "Is the plan in order?", "the_plan": "The plan and what judges it",
}
"""What the pages of shipped notebooks are called where nobody names them."""

Value = str | int | float | bool


@dataclass(frozen=True)
class Job:
    """One page to make: a notebook with its parameters.

    Attributes
    ----------
    page
        The page's file name without ending; unique in the pack.
    notebook
        The notebook's path.
    title
        What the index calls it.
    params
        Checked values by name.
    """

    page: str
    notebook: Path
    title: str | Sentence
    params: dict[str, Value] = field(default_factory=dict)


def notebooks_folder(*starts: Path) -> Path:
    """The folder ``notebooks`` nearest to one of `starts` or their parents, or the shipped one."""
    import toolkit

    shipped = Path(toolkit.__file__).resolve().parent  # its own subfolder when installed, the repository's folder beside it
    for start in (*starts, shipped):
        start = start.resolve()
        for folder in (start, *start.parents):
            if any((folder / "notebooks").glob("*.ipynb")):
                return folder / "notebooks"
    raise Refused(Problem("notebooks", "no folder 'notebooks' here, in a parent folder or beside the params file"))


def pick_pack(file: CompanyFile, name: str | None) -> tuple[str, Pack]:
    """The pack called `name`; without a name the first one of the file, or one of everything."""
    packs = file.company.packs
    if name is None and packs:
        name = next(iter(packs))
    if name is None or (name == EVERYTHING and name not in packs):
        pages = [Page(notebook=n, for_each=part) for part, (n, _) in _FOR_EACH.items() if getattr(file.company, part)]
        if _has_trends(file):
            pages.insert(0, Page(notebook=TRENDS))
        if file.company.customers:
            pages.append(Page(notebook=CUSTOMERS, title=file.company.customers.label))
        if file.company.service:
            pages.append(Page(notebook=SERVICE, title=file.company.service.label))
        if money := file.company.money:
            pages.append(Page(notebook=RETURN))
            if money.offers or money.vendors:
                pages.append(Page(notebook=OFFERS))
        if file.company.quality:
            pages.append(Page(notebook=QUALITY, title=file.company.quality.label))
        if file.company.plan:
            pages += [Page(notebook=PLAN[0]), Page(notebook=PLAN[1], title=file.company.plan.label)]
        if not pages:
            raise Refused(Problem(
                file.place(), "asks nothing yet: declare 'tests'", choices=tuple(_FOR_EACH)))
        return EVERYTHING, Pack(label=_EVERYTHING_ASKED, pages=pages)
    if name not in packs:
        raise Refused(Problem("--pack", "is no pack of this params file", name, (*packs, EVERYTHING)))
    return name, packs[name]


def jobs_of(file: CompanyFile, pack: Pack, period: str, folder: Path, only: tuple[str, ...] = ()) -> list[Job]:
    """Every page of `pack`, its parameters checked against the notebooks' own.

    Parameters
    ----------
    only
        Names of notebooks, for all of their pages, or of single pages; all where empty.

    Raises
    ------
    Refused
        All problems at once: unknown notebooks, unknown or mistyped parameters.
    """
    found = {p.stem: p for p in sorted(folder.glob("*.ipynb"))}
    problems: list[Problem] = []
    jobs: list[Job] = []
    taken = ["index"]
    for i, page in enumerate(pack.pages):
        place = file.place("packs", _name_of(file, pack), "pages", i)
        if page.notebook not in found:
            if not only or page.notebook in only:
                problems.append(Problem(place, "is no notebook", page.notebook, tuple(found)))
            continue
        path = found[page.notebook]
        for name, title, params in _variants(file, page):
            taken.append(_unique(name, taken))
            if only and not {page.notebook, taken[-1]} & set(only):
                continue
            defaults = parameters_of(path)
            given = {"company": file.path.name, **params}
            if "period" in defaults:
                given["period"] = period
            problems += _mismatches(place, path.name, given, defaults)
            jobs.append(Job(taken[-1], path, title, given))
    for wanted in only:
        if wanted not in found and wanted not in taken[1:]:
            problems.append(Problem("--only", "is no notebook, and no page of this pack", wanted, (*found, *taken[1:])))
    if problems:
        raise Refused(problems)
    if not jobs:
        raise Refused(Problem("--only", "leaves no page of this pack", ", ".join(only),
                              tuple({p.notebook for p in pack.pages})))
    return jobs


def _has_trends(file: CompanyFile) -> bool:
    """Whether a KPI can be dated."""
    company = file.company
    return any(k.time or company.tables[k.table].time for k in company.kpis.values())


def _name_of(file: CompanyFile, pack: Pack) -> str:
    return next((name for name, p in file.company.packs.items() if p is pack), EVERYTHING)


def _variants(file: CompanyFile, page: Page) -> list[tuple[str, str | Sentence, dict[str, Value]]]:
    if page.for_each is None:
        suffix = "".join(f"-{v}" for v in page.params.values() if isinstance(v, str) and v.isidentifier())
        return [(page.notebook + suffix, page.title or _title(page.notebook), dict(page.params))]
    _, parameter = _FOR_EACH[page.for_each]
    entries = getattr(file.company, page.for_each)
    if page.for_each == "segments":
        return [(f"{page.notebook}-{way}-{key}", value.label, {parameter: f"{way}.{key}"})
                for way, given in entries.items() for key, value in given.values.items()]
    return [(f"{page.notebook}-{key}", entry.label, {parameter: key}) for key, entry in entries.items()]


def _title(notebook: str) -> str | Sentence:
    """A notebook's own name; one of the company's is called by its file's."""
    return Sentence(_TITLES[notebook]) if notebook in _TITLES else notebook.replace("_", " ").capitalize()


def called(pack: Pack) -> str | Sentence:
    """What a pack is called: its label, or the name of a pack of everything."""
    return Sentence("Everything asked") if pack.label == _EVERYTHING_ASKED else pack.label


def _unique(name: str, taken: list[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}-{i}" for i in range(2, len(taken) + 3) if f"{name}-{i}" not in taken)


def parameters_of(path: Path) -> dict[str, Value]:
    """The names and default values in the notebook's cell tagged ``parameters``.

    Raises
    ------
    Refused
        When there is no such cell (papermill would then silently run with the defaults), more
        than one, or one that does more than give names to plain values.
    """
    notebook = read_notebook(path)
    cells = [c for c in notebook.cells if c.cell_type == "code" and "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise Refused(Problem(path.name, f"needs one code cell tagged 'parameters'; it has {len(cells)}"))
    values: dict[str, Value] = {}
    try:
        for line in ast.parse(cells[0].source).body:
            if not (isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)):
                raise ValueError(f"line {line.lineno}")
            values[line.targets[0].id] = ast.literal_eval(line.value)
    except (SyntaxError, ValueError) as error:
        raise Refused(Problem(path.name, f"its 'parameters' cell must give names to plain values only ({error})")) from None
    return values


def _mismatches(place: str, notebook: str, given: dict[str, Value], defaults: dict[str, Value]) -> list[Problem]:
    problems = []
    for name, value in given.items():
        if not name.isidentifier() or keyword.iskeyword(name):
            problems.append(Problem(place, "is no name of a parameter", name, tuple(defaults)))
        elif name not in defaults:
            problems.append(Problem(place, f"is no parameter of {notebook}", name, tuple(defaults)))
        elif not _alike(value, defaults[name]):
            kind = type(defaults[name]).__name__
            problems.append(Problem(f"{place} {name}", f"must be of the kind of its default ({kind})", value))
    return problems


def _alike(value: Value, default: Value) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float)
    return isinstance(value, str)
