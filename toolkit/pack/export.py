"""What somebody takes along from a run: a workbook, pictures, tables, findings, PDFs, or all of it as a zip."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.pack.published import published
from toolkit.problems import Problem, Refused


USUAL = {
    "--zip": "pack.zip", "--workbook": "tables.xlsx", "--json": "findings.json", "--pdf": "pages", "--svg": "charts",
    "--png": "charts", "--csv": "tables",
}  # fmt: skip
"""Where each kind goes when the command line names no place."""


def with_places(words: Sequence[str]) -> list[str]:
    """The command line with the usual place behind every kind that stands without one.

    A run's folder behind a kind is the run, not the place: nothing is ever written into a run.
    """
    out: list[str] = []
    for word, behind in zip(words, [*words[1:], "--"], strict=True):
        out.append(word)
        if word in USUAL and (behind.startswith("-") or (Path(behind) / "manifest.json").is_file()):
            out.append(USUAL[word])
    return out


@dataclass(frozen=True)
class Wanted:
    """Where each kind goes; None where it is not wanted.

    Attributes
    ----------
    archive, workbook, findings
        Files.
    pdf, svg, png, csv
        Folders, made where absent.
    """

    archive: Path | None = None
    workbook: Path | None = None
    findings: Path | None = None
    pdf: Path | None = None
    svg: Path | None = None
    png: Path | None = None
    csv: Path | None = None


def export(folder: Path, wanted: Wanted, language: str = "en") -> list[str]:
    """Write what is `wanted` of the run in `folder`; a line about each.

    Raises
    ------
    Refused
        Where it is no run, nothing is wanted, a place cannot be written, or Chromium is needed and missing.
    """
    run = published(folder)
    if wanted == Wanted():
        kinds = ("--zip", "--workbook", "--json", "--pdf", "--svg", "--png", "--csv")
        raise Refused(Problem("export", "exports nothing: say what is wanted", choices=kinds))
    places = [p for p in (wanted.archive, wanted.workbook, wanted.findings) if p]
    folders = [p for p in (wanted.pdf, wanted.svg, wanted.png, wanted.csv) if p]
    _outside(folder, [*places, *folders])
    if wanted.pdf:
        from toolkit.pack.printing import browser

        browser()
    try:
        for place in (*(p.parent for p in places), *folders):
            place.mkdir(parents=True, exist_ok=True)
        said = []
        if wanted.workbook:
            from toolkit.pack.workbook import write_workbook

            said.append(f"{wanted.workbook}: findings and {write_workbook(run, wanted.workbook)} tables")
        if wanted.findings:
            shutil.copyfile(folder / "findings.json", wanted.findings)
            said.append(f"{wanted.findings}: {len(run.findings)} findings")
        if wanted.csv:
            tables = sorted((folder / "tables").glob("*.csv"))
            for table in tables:
                shutil.copyfile(table, wanted.csv / table.name)
            said.append(f"{wanted.csv}: {len(tables)} tables")
        if wanted.svg or wanted.png:
            from toolkit.pack.stills import write_png, write_svg

            for place, write in ((wanted.svg, write_svg), (wanted.png, write_png)):
                if place:
                    said.append(f"{place}: {len(write(run, place, language))} charts")
        if wanted.pdf:
            from toolkit.pack.printing import write_pdf

            said.append(f"{wanted.pdf}: {len(write_pdf(folder, wanted.pdf))} pages")
        if wanted.archive:
            from toolkit.pack.archive import write_zip

            said.append(f"{wanted.archive}: {write_zip(folder, wanted.archive)} files")
    except OSError as wrong:
        raise Refused(Problem(str(wrong.filename or folder), f"cannot be written ({wrong.strerror or wrong})")) from None
    return said


def _outside(folder: Path, places: list[Path]) -> None:
    """A run is whole as it was published: nothing is written into it."""
    if within := [p for p in places if p.resolve().is_relative_to(folder.resolve())]:
        raise Refused(Problem(str(p), f"lies in the run itself: choose a place outside {folder}") for p in within)
