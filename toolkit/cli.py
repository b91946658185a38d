"""The ``toolkit`` command.

Exit status: 0 all made; 1 a page failed; 2 params, tables or the command line refused, nothing
written; 3 another run holds the lock. Imports are made by the command that needs them.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from toolkit.problems import Problem, Refused

app = typer.Typer(
    help="Find out whether a customer-relationship plan works, from the company's own tables.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)
notebooks_app = typer.Typer(help="The shipped notebooks.", no_args_is_help=True)
app.add_typer(notebooks_app, name="notebooks")



class Form(StrEnum):
    """A file with a published form."""

    params = "params"
    findings = "findings"
    manifest = "manifest"


Params = Annotated[Path, typer.Argument(help="The company's params file (YAML).", show_default=False)]
A_PAGE_FAILED, REFUSED, BUSY = 1, 2, 3


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where it goes.")] = Path("."),
    customers: Annotated[int, typer.Option(min=200, help="How many customers.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 7,
) -> None:
    """Write the demo company: tables and params, with planted truths."""
    from toolkit.data.demo import write_demo, write_params

    params, tables = folder / "params" / "demo.yaml", folder / "data" / "demo"
    written = write_params(None, Path("..") / "data" / "demo")
    if params.exists() and params.read_text(encoding="utf-8") != written:
        raise Refused(Problem(str(params), "is there already and differs from the demo's: move it away, or choose another folder"))
    with _progress() as told:
        write_demo(tables, customers=customers, seed=seed, progress=told)
    params.parent.mkdir(parents=True, exist_ok=True)
    params.write_text(written, encoding="utf-8")
    print(f"{tables}: tables and truths.json\n{params}")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where it goes.", show_default=False)],
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="A table of yours: columns, key and KPIs are guessed from it.")] = None,
) -> None:
    """Write a project of your own: a commented params file, the notebooks, a Makefile."""
    from toolkit.pack.started import start_project

    print("\n".join(start_project(folder, csv)))


@app.command()
def check(params: Params) -> None:
    """Check params and tables against their contracts; every problem at once."""
    from toolkit.pack.checked import checked

    said, notes = checked(params)
    print("\n".join(said))
    for note in notes:
        print(note, file=sys.stderr)


@app.command()
def run(
    params: Params,
    pack: Annotated[str | None, typer.Option(help="Which pack; the file's first one by default.")] = None,
    period: Annotated[str, typer.Option(help="2026Q3, 2026-09, 2026W38, 2026 or latest.")] = "latest",
    only: Annotated[list[str] | None, typer.Option(help="Just this notebook's pages, or this page; may be repeated.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Notebooks at a time; the cores by default.")] = None,
    out: Annotated[str, typer.Option(help="The folder of all reports, or an address such as s3://bucket/reports.")] = "reports",
    engine: Annotated[str | None, typer.Option(help="fast or nbclient; the best of this system by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make everything anew.")] = False,
    deadline: Annotated[float, typer.Option(min=1, help="Seconds after which a notebook is stopped.")] = 1800,
    memory: Annotated[float | None, typer.Option(min=0.1, help="GB that one notebook may take.")] = None,
    executor: Annotated[str | None, typer.Option(help="dask://HOST:PORT: run the notebooks on its workers.")] = None,
    language: Annotated[str | None, typer.Option(help="en, pt, es or he, or several: en,pt; the params' by default.")] = None,
) -> None:
    """Run a pack and publish its pages; a pack that still holds is only checked."""
    from toolkit.pack.sending import filesystem_at, is_address, send
    from toolkit.pack.unchanged import question, still_holds

    chosen = tuple(only or ())
    languages = tuple(part.strip() for part in (language or "").split(",") if part.strip())
    home = Path("reports") if is_address(out) else Path(out)
    asked = question(params, pack=pack, period=period, only=chosen, out=str(home), languages=languages)
    if not force and (there := still_holds(home, asked)):
        print(send(there.folder, home, out) if is_address(out) else there.index)
        return
    if is_address(out):
        filesystem_at(out)
    from toolkit.pack.engines import Limits
    from toolkit.pack.executors import executor_at
    from toolkit.pack.publish import Busy
    from toolkit.pack.run import run as run_pack

    limits = Limits(deadline, None if memory is None else int(memory * 2**30))
    try:
        with executor_at(executor) as elsewhere, _progress() as told:
            made = run_pack(params, pack, period, chosen, jobs or os.cpu_count() or 1, home, engine=engine, force=force,
                            limits=limits, executor=elsewhere, languages=languages, told=told)
    except Busy as busy:
        print(busy, file=sys.stderr)
        raise typer.Exit(BUSY) from None
    for page, why in made.failed.items():
        print(f"{page}: could not be made: {why}", file=sys.stderr)
    print(send(made.folder, home, out) if is_address(out) else made.index)
    if made.failed:
        raise typer.Exit(A_PAGE_FAILED)


@app.command()
def compare(
    earlier: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of the earlier run.", show_default=False)],
    later: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of the later run.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, at full precision.")] = False,
) -> None:
    """Print what changed between two runs' findings."""
    from toolkit.pack import differences

    found = differences.differences(earlier, later)
    print(differences.as_json(found) if as_json else "\n".join(differences.as_lines(found)))


class Placed(TyperCommand):
    """A command whose options may stand alone: what is asked for then goes to a place of its usual name."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        """The arguments, with the usual places put in."""
        from toolkit.pack.export import with_places

        return super().parse_args(ctx, with_places(args))


@app.command(cls=Placed)
def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    archive: Annotated[Path | None, typer.Option("--zip", metavar="FILE", help="The whole run as one zip file.")] = None,
    workbook: Annotated[Path | None, typer.Option(metavar="FILE", help="Findings and all tables as one workbook (.xlsx).")] = None,
    findings: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="The findings as JSON.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="DIR", help="Every page as PDF; needs Chromium.")] = None,
    svg: Annotated[Path | None, typer.Option(metavar="DIR", help="Every chart as SVG.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="DIR", help="Every chart as PNG.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="DIR", help="Every table as CSV.")] = None,
    language: Annotated[str, typer.Option(help="Of the charts: en, pt, es or he.")] = "en",
) -> None:
    """Write a run as files to take along: workbook, pictures, PDFs, one zip.

    A kind that names no place goes here: pack.zip, tables.xlsx, findings.json, and the folders pages
    (PDF), charts (SVG, PNG) and tables (CSV).
    """
    from toolkit.pack.export import Wanted
    from toolkit.pack.export import export as write_all

    for line in write_all(run, Wanted(archive, workbook, findings, pdf, svg, png, csv), language):
        print(line)


@app.command()
def schedule(
    kind: Annotated[str, typer.Argument(metavar="cron|systemd|github|airflow", help="For which scheduler.", show_default=False)],
    params: Params,
    pack: Annotated[str | None, typer.Option(help="Which pack; the file's first one by default.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = Path("schedule"),
) -> None:
    """Write the files with which a scheduler makes the pack of the latest period."""
    from toolkit.pack.schedule import files_of, plan_of

    for name, text in files_of(kind, plan_of(params, pack)).items():
        out.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
        print(out / name)


@app.command()
def lab(
    params: Annotated[Path | None, typer.Argument(help="The company that the notebooks open; the demo by default.")] = None,
    print_command: Annotated[bool, typer.Option("--print-command", help="Print what would be started.")] = False,
) -> None:
    """Open JupyterLab on the notebooks, with a company chosen."""
    from toolkit.pack import lab as opened

    command = opened.command_of(params)
    if print_command:
        print(opened.as_line(command))
    else:
        opened.start(command)


@app.command()
def schema(
    of: Annotated[Form, typer.Option(help="Of the params file, or of what a run publishes.")] = Form.params,
) -> None:
    """Print the JSON Schema of the params file, for editors; or of findings.json or manifest.json."""
    from toolkit.company.schema import schema_text
    from toolkit.pack import schemas

    if of is Form.params:
        print(schema_text(), end="")
    else:
        print(schemas.text_of(schemas.findings_schema() if of is Form.findings else schemas.manifest_schema()), end="")


@notebooks_app.command("refresh")
def refresh(
    folder: Annotated[Path, typer.Argument(help="The notebooks.")] = Path("notebooks"),
    only: Annotated[list[str] | None, typer.Option(help="Just this notebook; may be repeated.")] = None,
) -> None:
    """Run them with their defaults and store canonical outputs."""
    from toolkit.pack.notebooks import refresh as refresh_all

    for name, changed in refresh_all(folder, tuple(only or ())):
        print(f"{name}: {'changed' if changed else 'unchanged'}")


@contextmanager
def _progress():
    """A bar on a terminal, plain lines otherwise; both on standard error."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: print(f"[{done}/{of}] {what}", file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


def main() -> None:
    """Run the command; what a person can mend is said in lines, without a traceback."""
    try:
        app()
    except Refused as refused:
        for problem in refused.problems:
            print(problem, file=sys.stderr)
        count = len(refused.problems)
        print(f"{count} problem{'' if count == 1 else 's'}; nothing was written", file=sys.stderr)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        print("stopped; nothing was published", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
