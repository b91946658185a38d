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
from typing import Literal

from toolkit.pack.notebook_text import text_of

_PR_SET_PDEATHSIG = 1
QUIET = {
    "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PLATFORM_DIRS": "1", "PYTHONWARNINGS": "ignore",
}
"""The environment of every process that runs a notebook."""
_TOO_LITTLE = "OutOfMemoryException"
"""What DuckDB raises where a question cannot go on in files."""


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


Kind = Literal["deadline", "memory", "signal", "status", "lost"]


@dataclass(frozen=True)
class End:
    """What ended a notebook's process before it had answered.

    Attributes
    ----------
    kind
        It was stopped at its deadline or for its memory; the system ended it by a signal; it ended
        by itself with a status; or what ran it is gone.
    amount
        Seconds, GB, the signal's number or the status.
    said
        What was heard of it last; empty where it said nothing.
    """

    kind: Kind
    amount: float = math.nan
    said: str = ""

    @property
    def line(self) -> str:
        """In one line, for logs and the command line."""
        said = self.said or "it said nothing"
        return {
            "deadline": f"it did not end within {self.amount:.0f} seconds",
            "memory": f"it took more than {self.amount:.1f} GB of memory",
            "signal": f"its process was ended by signal {self.amount:.0f}: {said}",
            "status": f"its process ended with status {self.amount:.0f}: {said}",
            "lost": f"what ran it went away ({said})",
        }[self.kind]


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
    end
        What ended its process, where it did not end by itself.
    """

    seconds: float
    failed: str | None = None
    problems: tuple[str, ...] = ()
    cell: int | None = None
    remembered: bool = False
    crashed: bool = False
    cpu: float = math.nan
    end: End | None = None

    @classmethod
    def ended(cls, seconds: float, end: End) -> Outcome:
        """Of a notebook whose process gave no answer; crashed where nobody stopped it."""
        return cls(seconds, end.line, crashed=end.kind not in ("deadline", "memory"), end=end)


def perform(order: Order, engine: str | None = None) -> dict:
    """Run a notebook in this process' name and write it, executed, to its place.

    Parameters
    ----------
    engine
        papermill's name of what runs the cells in this process; a kernel of papermill's own where None.

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
    # what runs in this process hands its notebook over; papermill takes as long to write one as a page to be made
    made: list = []
    kept = {"made": made} if engine else {"request_save_on_cell_execute": True}
    try:
        papermill.execute_notebook(
            order.notebook, None if engine else str(partial), parameters=order.params, cwd=order.folder, engine_name=engine,
            kernel_name="python3", language="python", progress_bar=False, log_output=False, **kept,
        )
    except PapermillExecutionError as error:
        answer["failed"] = f"{error.ename}: {error.evalue.splitlines()[0] if error.evalue else ''}"
        answer["cell"] = error.exec_count
        if error.ename == "Refused":
            answer["problems"] = error.evalue.splitlines()
        elif error.ename == _TOO_LITTLE:
            from toolkit.data.connection import too_little_memory

            answer["failed"] = str(too_little_memory("a question of the notebook"))
    if made:
        partial.write_text(text_of(made[0]), encoding="utf-8")
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
