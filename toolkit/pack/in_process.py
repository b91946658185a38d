"""An engine of papermill that runs a notebook's cells in this very process.

The usual engine starts a kernel and talks to it over sockets, which costs seconds a notebook. Here
IPython runs the cells directly and what they show is written down as a kernel would send it. One
process runs one notebook: whoever calls this starts a fresh one for each.

Left to a real kernel: widgets, input from the keyboard and code that talks to the kernel itself.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

_UNREMEMBERED = Config({"HistoryManager": {"enabled": False}})
NAME = "toolkit"
"""What ``papermill --engine`` calls it."""


class Record:
    """What one cell shows, in order, as a notebook holds it."""

    def __init__(self) -> None:
        self.outputs: list[NotebookNode] = []
        self._clear_next = False

    def add(self, output: NotebookNode) -> None:
        """One output more; printed text joins what was printed just before it."""
        if self._clear_next:
            self.outputs.clear()
            self._clear_next = False
        last = self.outputs[-1] if self.outputs else None
        if last is not None and output.output_type == last.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            self.outputs.append(output)

    def clear(self, wait: bool) -> None:
        """Forget what was shown, now or when something else comes."""
        if wait:
            self._clear_next = True
        else:
            self.outputs.clear()


class _Printed(io.TextIOBase):
    def __init__(self, shell: CellShell, name: str):
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._shell.record.add(new_output("stream", name=self._name, text=text))
        return len(text)


class _Publisher(DisplayPublisher):
    """``display(...)``"""

    def publish(self, data, metadata=None, *, transient=None, update=False, **_: object) -> None:
        name = (transient or {}).get("display_id")
        shown = new_output("display_data", data=_held(data), metadata=metadata or {})
        if update and name in self.shell.named:
            for former in self.shell.named[name]:
                former["data"], former["metadata"] = shown["data"], shown["metadata"]
            return
        self.shell.record.add(shown)
        if name is not None:
            self.shell.named.setdefault(name, []).append(shown)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.record.clear(wait)


class _LastValue(DisplayHook):
    """The value of a cell's last line."""

    def start_displayhook(self) -> None:
        self._data: dict | None = None

    def write_output_prompt(self) -> None:
        """A notebook has its own."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        self._data, self._about = _held(format_dict), md_dict or {}

    def finish_displayhook(self) -> None:
        if self._data:
            count = self.prompt_count
            said = new_output("execute_result", data=self._data, metadata=self._about, execution_count=count)
            self.shell.record.add(said)


class CellShell(InteractiveShell):
    """IPython whose cells leave a `Record`."""

    display_pub_class = _Publisher
    displayhook_class = _LastValue

    def __init__(self, **kw: object) -> None:
        self.record = Record()
        self.named: dict[str, list[NotebookNode]] = {}
        super().__init__(**kw)

    def enable_gui(self, gui=None) -> None:
        """There is no screen."""

    def _showtraceback(self, etype, evalue, stb) -> None:
        said = new_output("error", ename=str(etype.__name__), evalue=str(evalue), traceback=list(stb))
        self.record.add(said)

    def run(self, cell: NotebookNode) -> bool:
        """Run a code cell and write its outputs and count into it; False where it failed."""
        self.record = Record()
        with self._printing():
            result = self.run_cell(cell.source, store_history=True)
        wrong = result.error_before_exec or result.error_in_exec
        if wrong is not None and not any(o.output_type == "error" for o in self.record.outputs):
            self._showtraceback(type(wrong), wrong, [f"{type(wrong).__name__}: {wrong}"])  # of a magic, say
        cell.outputs = self.record.outputs
        cell.execution_count = result.execution_count
        return wrong is None

    @contextmanager
    def _printing(self) -> Iterator[None]:
        former = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Printed(self, "stdout"), _Printed(self, "stderr")
        try:
            yield
        finally:
            sys.stdout, sys.stderr = former


class InProcess(Engine):
    """papermill's door to `CellShell`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, made: list | None = None, **_: object) -> None:
        """Run every code cell until one fails; the notebook itself is put into `made`, where that is given."""
        if made is not None:
            made.append(nb_man.nb)
        with tempfile.TemporaryDirectory(prefix="toolkit-ipython-") as home:
            main = types.ModuleType("__main__", "A notebook's own names.")
            sys.modules["__main__"] = main
            shell = CellShell(user_module=main, ipython_dir=home, config=_UNREMEMBERED)
            for kind in CellShell._walk_mro():
                kind._instance = shell  # what get_ipython() and display() find
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                if not shell.run(cell):
                    nb_man.cell_exception(cell, index)
                    break
                nb_man.autosave_cell()


def register() -> None:
    """Make the engine known to papermill where the package's entry points are not."""
    papermill_engines.register(NAME, InProcess)


def _held(data: dict) -> dict:
    """Display data as JSON can hold it: bytes in base64."""
    return {
        kind: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for kind, value in data.items()
    }
