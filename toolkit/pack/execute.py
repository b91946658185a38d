"""One notebook, run by papermill: what is done in the process that runs it.

papermill changes the process' working directory and writes in place, so every notebook gets a
process of its own (`toolkit.pack.engines`), writes to a temporary name and is renamed when it is
done. What went wrong comes back as words, never as a traceback in a page.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
QUIET = {
    "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PLATFORM_DIRS": "1", "PYTHONWARNINGS": "ignore",
}
"""The environment of every process that runs a notebook."""


@dataclass(frozen=True)
class Order:
    """What to run.

    Attributes
    ----------
    notebook, output
        Where it stands and where it goes, executed.
    params
        Checked values by name.
    folder
        The notebook's working directory.
    environment
        Further variables of its process.
    """

    notebook: str
    output: str
    params: dict[str, str | int | float | bool]
    folder: str
    environment: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """For another process."""
        return json.dumps(asdict(self))


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
    remembered
        It was not run: an earlier run's outputs hold.
    crashed
        Its process was lost without an answer.
    cpu
        Seconds of processor time its process took; a kernel's is not counted.
    """

    seconds: float
    failed: str | None = None
    problems: tuple[str, ...] = ()
    cell: int | None = None
    remembered: bool = False
    crashed: bool = False
    cpu: float = math.nan


def perform(order: Order, engine: str | None = None) -> dict:
    """Run a notebook in this process' name and write it, executed, to its place.

    Parameters
    ----------
    engine
        papermill's name of what runs the cells; its own kernel where None.

    Returns
    -------
    dict
        ``failed``, ``problems``, ``cell``, ``cpu`` of an `Outcome`. The output exists where the notebook
        ran, whole or up to the cell that failed.
    """
    import logging

    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.disable(logging.WARNING)
    began = time.process_time()
    output = Path(order.output)
    partial = output.with_name(output.name + ".partial")
    answer: dict = {"failed": None, "problems": [], "cell": None}
    try:
        papermill.execute_notebook(
            order.notebook, str(partial), parameters=order.params, cwd=order.folder, engine_name=engine,
            kernel_name="python3", language="python", progress_bar=False, log_output=False,
            request_save_on_cell_execute=engine is None,
        )
    except PapermillExecutionError as error:
        answer["failed"] = f"{error.ename}: {error.evalue.splitlines()[0] if error.evalue else ''}"
        answer["cell"] = error.exec_count
        if error.ename == "Refused":
            answer["problems"] = error.evalue.splitlines()
    if partial.exists():
        os.replace(partial, output)
    return answer | {"cpu": round(time.process_time() - began, 3)}


def end_with_parent() -> None:
    """Have the system end this process when the one that started it is gone (Linux)."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    end_with_parent()
    print(json.dumps(perform(Order(**json.load(sys.stdin)))))
