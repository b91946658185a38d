"""One notebook, run by papermill in a process of its own.

papermill changes the process' working directory and writes in place, so every notebook gets a
process, writes to a temporary name and is renamed when it is done. What went wrong comes back
as words, never as a traceback in a page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

DEADLINE = 1800.0
_QUIET = {
    "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PLATFORM_DIRS": "1", "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class Outcome:
    """How a notebook's run ended.

    Attributes
    ----------
    seconds
        Wall time.
    failed
        None where it ran to its end; else what went wrong, in one line.
    problems
        Lines that name what to mend, where the notebook refused its input.
    cell
        The number of the code cell that failed.
    """

    seconds: float
    failed: str | None = None
    problems: tuple[str, ...] = ()
    cell: int | None = None


def run_notebook(notebook: Path, output: Path, params: dict, folder: Path, deadline: float = DEADLINE) -> Outcome:
    """Run `notebook` with `params` in a fresh process and write it, executed, to `output`.

    Parameters
    ----------
    folder
        The working directory of the notebook.
    deadline
        Seconds after which it is stopped and counts as failed.

    Returns
    -------
    Outcome
        `output` exists where it ran, whole or up to the cell that failed.
    """
    began = time.monotonic()
    order = json.dumps({"notebook": str(notebook), "output": str(output), "params": params, "folder": str(folder)})
    child = subprocess.Popen(
        [sys.executable, "-m", "toolkit.pack.execute"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, **_QUIET}, text=True, start_new_session=True,
    )
    try:
        said, complaint = child.communicate(order, timeout=deadline)
    except subprocess.TimeoutExpired:
        _stop(child)
        return Outcome(time.monotonic() - began, f"it did not end within {deadline:.0f} seconds")
    finally:
        if child.poll() is None:
            _stop(child)
    seconds = time.monotonic() - began
    if child.returncode != 0 or not said.strip():
        last = complaint.strip().splitlines()[-1:] or ["it said nothing"]
        return Outcome(seconds, f"its process ended with status {child.returncode}: {last[0][:200]}")
    answer = json.loads(said.strip().splitlines()[-1])
    return Outcome(seconds, answer["failed"], tuple(answer["problems"]), answer["cell"])


def _stop(child: subprocess.Popen) -> None:
    """End the child and the kernel it started."""
    import signal

    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def _child(order: dict) -> dict:
    """In the child: papermill, then the answer for the parent."""
    import logging

    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.disable(logging.WARNING)
    output = Path(order["output"])
    partial = output.with_name(output.name + ".partial")
    answer: dict = {"failed": None, "problems": [], "cell": None}
    try:
        papermill.execute_notebook(
            order["notebook"], str(partial), parameters=order["params"], cwd=order["folder"],
            kernel_name="python3", language="python", progress_bar=False, log_output=False,
        )
    except PapermillExecutionError as error:
        answer["failed"] = f"{error.ename}: {error.evalue.splitlines()[0] if error.evalue else ''}"
        answer["cell"] = error.exec_count
        if error.ename == "Refused":
            answer["problems"] = error.evalue.splitlines()
    if partial.exists():
        os.replace(partial, output)
    return answer


if __name__ == "__main__":
    print(json.dumps(_child(json.load(sys.stdin))))
