"""The floor of a pack: the cells of its pages, one after the other, in one process that is warm.

    python benchmarks/pack_cells.py PARAMS PAGES.json

Prints the seconds, wall and CPU, that the cells take; imports and IPython's own start are not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT


def cells_cost(params: Path, pages: list[dict], kind: str = "cpu") -> float:
    """Seconds that the cells of `pages` (as a manifest lists them) take in a process of their own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump(pages, listed)
        listed.flush()
        env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, __file__, params, listed.name], capture_output=True, text=True, env=env, check=True)
    return json.loads(done.stdout.splitlines()[-1])[kind]


def main() -> None:
    """Run the cells and print what they took, as JSON."""
    from IPython.core.interactiveshell import InteractiveShell

    import toolkit.pack.preloaded  # noqa: F401

    params, pages = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    os.chdir(params.parent)
    shell = InteractiveShell.instance()
    wall, cpu = time.perf_counter(), time.process_time()
    for page in pages:
        shell.reset(new_session=False)
        for cell in json.loads((ROOT / "notebooks" / page["notebook"]).read_text())["cells"]:
            if cell["cell_type"] != "code":
                continue
            source = "".join(cell["source"])
            if "parameters" in cell["metadata"].get("tags", []):
                source += "\n" + "\n".join(f"{name} = {value!r}" for name, value in page["params"].items())
            shell.run_cell(source, silent=True).raise_error()
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print("\n" + json.dumps(took))


if __name__ == "__main__":
    main()
