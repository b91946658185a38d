"""Pages as PDF, printed by Chromium through the pages' own print styles; nothing is fetched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from toolkit.problems import Problem, Refused

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer", "--run-all-compositor-stages-before-draw", "--virtual-time-budget=20000",
)  # fmt: skip
_PATIENCE = 120
_DATED = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}")


def browser() -> str:
    """The program that prints.

    Raises
    ------
    Refused
        Where there is none, with how to get it.
    """
    for name in PROGRAMS:
        if program := shutil.which(name):
            return program
    raise Refused(Problem("--pdf", "needs Chromium, which is not installed: apt-get install chromium"))


def write_pdf(run: Path, folder: Path) -> list[Path]:
    """Print every page below `run`, in all its languages, to the same place below `folder`.

    Raises
    ------
    Refused
        Where Chromium is missing, or does not print a page.
    """
    program = browser()
    written = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for page in sorted(run.rglob("*.html")):
            target = (folder / page.relative_to(run)).with_suffix(".pdf")
            target.parent.mkdir(parents=True, exist_ok=True)
            made = Path(profile) / "page.pdf"
            made.unlink(missing_ok=True)
            command = [program, *_FLAGS, *_as_root(), f"--user-data-dir={profile}/profile", f"--print-to-pdf={made}",
                       page.resolve().as_uri()]
            try:
                ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE)
                why = ended.stderr.strip().splitlines()[-1:] or [f"exit status {ended.returncode}"]
            except (OSError, subprocess.TimeoutExpired) as wrong:
                why = [str(wrong)]
            if not made.is_file():
                raise Refused(Problem(str(page), f"was not printed by {program}: {why[0]}"))
            target.write_bytes(undated(made.read_bytes()))
            written.append(target)
    return written


def undated(pdf: bytes) -> bytes:
    """`pdf` with the day it was made set to a fixed one, so that the same page gives the same file."""
    return _DATED.sub(rb"\g<1>20000101000000", pdf)


def _as_root() -> tuple[str, ...]:
    """Chromium refuses to run as root, as in most containers, unless its sandbox is off."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
