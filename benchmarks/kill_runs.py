"""Is anything lost, half published or different after a run was killed? And of two runs at once?

    python benchmarks/kill_runs.py [--kills 100] [--pairs 20] [--seed 1]

A demo company of 600 customers and pages of two notebooks. Each kill is a SIGKILL at a random moment
of an undisturbed run's time: by turns over nothing and over a pack that is published already and whose
params have changed since, and by turns to the one process and to it with everything it has started.
What is published is looked at right after, then the run is asked for again, and what it publishes must
be what an undisturbed run published from the same start: every page, table, notebook and finding byte
for byte, and the manifest but for its times. Of two at once, one must do it and the other exit with 3.
Prints the counts; the exit status is 1 where any is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("offers", "plan_changes")
OF_TIME = ("started", "ended")
OF_PAGES = ("seconds", "cpu_seconds", "remembered")


def start(home: Path, *more: str) -> subprocess.Popen:
    """One run of the demo's pages, in a session of its own."""
    only = [part for page in PAGES for part in ("--only", page)]
    return subprocess.Popen(
        [sys.executable, "-m", "toolkit.cli", "run", "params/demo.yaml", *only, *more],
        cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def ended(child: subprocess.Popen) -> int:
    """Its exit status; what it said goes to standard error where it failed."""
    _, said = child.communicate()
    if child.returncode not in (0, 3):
        print(said, file=sys.stderr)
    return child.returncode


def published(home: Path) -> dict[str, bytes] | None:
    """Every file of what is published, the manifest without its times; None where nothing is."""
    packs = [p for p in (home / "reports").glob("*/*/*") if p.is_dir() and not p.parent.name.startswith(".")]
    packs = [p for p in packs if not any(part.startswith(".") for part in p.relative_to(home).parts)]
    if not packs:
        return None
    (folder,) = packs
    found = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    if "manifest.json" in found:
        found["manifest.json"] = json.dumps(without_times(json.loads(found["manifest.json"]))).encode()
    return found


def without_times(manifest: dict) -> dict:
    """A manifest without what differs from run to run by its nature."""
    kept = {k: v for k, v in manifest.items() if k not in OF_TIME}
    return {**kept, "pages": [{k: v for k, v in p.items() if k not in OF_PAGES} for p in kept["pages"]]}


def begin(home: Path, saved: Path | None, params: str) -> None:
    """The folder of reports as it was saved (or none), and the params file."""
    for _ in range(50):  # what a killed run has started may still write for a moment
        shutil.rmtree(home / "reports", ignore_errors=True)
        if not (home / "reports").exists():
            break
        time.sleep(0.2)
    if saved is not None:
        shutil.copytree(saved, home / "reports", symlinks=True)
    (home / "params" / "demo.yaml").write_text(params, encoding="utf-8")


def kills(home: Path, count: int, seed: int) -> Counter:
    """Kill, look, run again, compare."""
    first = (home / "params" / "demo.yaml").read_text(encoding="utf-8")
    second = first + "# another form of the same\n"
    began = time.monotonic()
    assert ended(start(home)) == 0
    lasts = time.monotonic() - began
    saved = home / "saved"
    shutil.copytree(home / "reports", saved, symlinks=True)
    shutil.rmtree(saved / ".remembered", ignore_errors=True)
    before = published(home)
    wanted = {False: before}
    begin(home, saved, second)
    assert ended(start(home)) == 0
    wanted[True] = published(home)
    print(f"an undisturbed run takes {lasts:.1f} s and publishes {len(before)} files", flush=True)
    chance, seen = random.Random(seed), Counter()
    for i in range(count):
        over = bool(i % 2)
        begin(home, saved if over else None, second if over else first)
        child = start(home)
        time.sleep(chance.uniform(0, 1.02 * lasts))
        if child.poll() is not None:
            seen["had ended before the kill"] += 1
        elif i % 4 < 2:
            os.kill(child.pid, signal.SIGKILL)
        else:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        there = published(home)
        if over and there is None:
            seen["lost"] += 1
        elif there is not None and there not in (wanted[over], before if over else wanted[over]):
            seen["half published"] += 1
        again = ended(start(home))
        seen["resumed with another exit status than 0"] += again != 0
        seen["resumed and different"] += published(home) != wanted[over]
        seen["killed and resumed"] += 1
        left = [p for p in (home / "reports").glob("*/*/.staging")]
        seen["with something left behind"] += bool(left)
        child.stdout.close()
        child.stderr.close()
        if (i + 1) % 5 == 0:
            print(f"{i + 1}: {dict(seen)}", flush=True)
    return seen


def pairs(home: Path, count: int) -> Counter:
    """Two at once: one makes it, the other is told."""
    first = (home / "params" / "demo.yaml").read_text(encoding="utf-8")
    begin(home, None, first)
    assert ended(start(home)) == 0
    wanted, seen = published(home), Counter()
    for i in range(count):
        begin(home, None, first)
        both = [start(home), start(home)]
        seen["one made it, the other exited with 3"] += sorted(ended(c) for c in both) == [0, 3]
        seen["different"] += published(home) != wanted
        seen["pairs"] += 1
        if (i + 1) % 5 == 0:
            print(f"{i + 1}: {dict(seen)}", flush=True)
    return seen


def main() -> int:
    """Print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        demo = [sys.executable, "-m", "toolkit.cli", "demo", str(home), "--customers", "600"]
        subprocess.run(demo, check=True, capture_output=True, cwd=home, env=environment)
        shutil.copytree(ROOT / "notebooks", home / "notebooks")
        killed = kills(home, asked.kills, asked.seed) if asked.kills else Counter()
        paired = pairs(home, asked.pairs) if asked.pairs else Counter()
    for what, number in {**killed, **paired}.items():
        print(f"{what}: {number}")
    bad = ("lost", "half published", "resumed and different", "resumed with another exit status than 0", "different")
    wrong = sum({**killed, **paired}.get(what, 0) for what in bad)
    return int(bool(wrong) or paired["one made it, the other exited with 3"] < asked.pairs)


if __name__ == "__main__":
    sys.exit(main())
