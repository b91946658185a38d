"""Is anything lost, half published or different after a run was killed? And of two runs at once?

    python benchmarks/kill_runs.py [--kills 100] [--pairs 20] [--seed 1] [--first 0]

A demo company of 600 customers and pages of two notebooks. Each kill is a SIGKILL at a random moment, by
turns

- after so much processor time, anywhere in an undisturbed run's,
- just before a step on the reports' folder from the first page written to the last note of the run
  (`killed_at`), and
- just before one of the steps around the exchange of the staged folder with the published one.

By turns it comes over nothing, over a pack that is published already and whose params have changed since,
and over such a pack with what earlier runs remembered; and by turns to the one process and to it with
everything it has started. What is published is looked at right after, then the run is asked for again,
and what it publishes must be what an undisturbed run published from the same start: every page, table,
notebook and finding and the company's ledger byte for byte, and the manifest but for its times. Of two at
once, one must do it and the other exit with 3. Prints the counts and how far the killed runs had come; the
exit status is 1 where any count is not what it should be. Kill number i of a seed is the same in every run.
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

sys.path.insert(0, str(Path(__file__).resolve().parent))

from killed_at import killed, started_by  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("offers", "plan_changes")
OF_TIME = ("started", "ended")
OF_PAGES = ("seconds", "cpu_seconds", "remembered")


OVER = ("nothing", "a pack", "a pack with its memory")
MOMENTS = ("any", "publishing", "any", "publishing", "exchange")


def start(home: Path, step: int = 0, everything: bool = False) -> subprocess.Popen:
    """One run of the demo's pages, in a session of its own, that dies before `step` (0: not by itself)."""
    only = [part for page in PAGES for part in ("--only", page)]
    how = [str(step), "all" if everything else "one", str(home / "steps")]
    return subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / "killed_at.py"), *how, "run", "params/demo.yaml", *only],
        cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def used(pid: int) -> float:
    """Seconds of processor time of a process and of everything it has started."""
    ticks = 0
    for each in started_by(pid):
        try:
            ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11:15]))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


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
    ledger = home / "reports" / "demo" / "ledger.json"
    found["ledger.json"] = ledger.read_bytes() if ledger.exists() else b""
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


def stage_of(home: Path, before: dict | None) -> str:
    """How far a killed run had come, by what stands there."""
    (quarterly,) = [*(home / "reports").glob("demo/quarterly")] or [home / "reports"]
    staged, steps = quarterly / ".staging" / "2026Q3", (home / "steps").read_text().splitlines()
    last = steps[-1] if steps else ""
    if published(home) != before and (quarterly / "2026Q3").exists():
        return "5 published, not tidied" if staged.exists() else "6 published and tidied, not noted"
    if last == "exchange" or last.startswith("rename reports/demo/quarterly/.staging/2026Q3"):
        return "4 at the exchange"
    for name, what in (("manifest.json", "3 all written, not published"), ("tables", "2 writing the pages"),
                       ("notebooks", "1 running the notebooks")):  # fmt: skip
        if (staged / name).exists():
            return what
    return "0 reading the params and the tables"


def undisturbed(home: Path) -> tuple[list[str], float]:
    """A run to its end: its steps, and the processor time it took."""
    child, spent = start(home), 0.0
    while child.poll() is None:
        spent = max(spent, used(child.pid))
        time.sleep(0.1)
    assert ended(child) == 0
    return (home / "steps").read_text().splitlines(), spent


def step_in(steps: list[str], moment: str, chance: random.Random) -> int:
    """A step of a kind of moment, counted from 1."""
    pages = next(i for i, s in enumerate(steps) if s.endswith(".staging/2026Q3/tables"))
    swap = next(i for i, s in enumerate(steps) if s == "exchange" or s.startswith("rename reports/demo/quarterly/.staging/2026Q3"))
    first, last = (pages, len(steps) - 1) if moment == "publishing" else (swap - 1, swap + 4)
    return chance.randint(first, min(last, len(steps) - 1)) + 1


def ends_at(child: subprocess.Popen, seconds: float, everything: bool) -> None:
    """Kill it when it has used so much processor time."""
    while child.poll() is None:
        if used(child.pid) >= seconds:
            killed(child.pid, everything)
            return
        time.sleep(0.1)


def kills(home: Path, count: int, seed: int, number: int = 0) -> tuple[Counter, Counter]:
    """Kill, look, run again, compare: what was counted, and how far the killed runs had come."""
    first = (home / "params" / "demo.yaml").read_text(encoding="utf-8")
    second = first + "# another form of the same\n"
    steps, spent, wanted = {}, {}, {}
    begin(home, None, first)
    steps["nothing"], spent["nothing"] = undisturbed(home)
    saved = {"nothing": None, "a pack": home / "saved", "a pack with its memory": home / "remembering"}
    shutil.copytree(home / "reports", saved["a pack with its memory"], symlinks=True)
    shutil.copytree(home / "reports", saved["a pack"], symlinks=True)
    shutil.rmtree(saved["a pack"] / ".remembered")
    before = published(home)
    wanted["nothing"] = before
    for over in OVER[1:]:
        begin(home, saved[over], second)
        steps[over], spent[over] = undisturbed(home)
        wanted[over] = published(home)
    print(f"undisturbed: {({k: (len(v), round(spent[k], 1)) for k, v in steps.items()})} steps and CPU s, {len(before)} files", flush=True)
    seen, stages = Counter(), Counter()
    for i in range(number, number + count):
        chance = random.Random(f"{seed}/{i}")
        over, moment, everything = OVER[i % 3], MOMENTS[i % 5], bool(i // 2 % 2)
        begin(home, saved[over], first if over == "nothing" else second)
        if moment == "any":
            child = start(home)
            ends_at(child, chance.uniform(0, spent[over]), everything)
        else:
            child = start(home, step_in(steps[over], moment, chance), everything)
        _, complaint = child.communicate()
        there = published(home)
        if child.returncode != -signal.SIGKILL:
            seen["had ended before the kill"] += 1
            print(f"{i}: exit status {child.returncode} {complaint}" if child.returncode else f"{i}: ended", flush=True)
        stages[stage_of(home, None if over == "nothing" else before)] += 1
        plain = {k: v for k, v in (there or {}).items() if k != "ledger.json"}  # the ledger is noted after the exchange
        if over != "nothing" and there is None:
            seen["lost"] += 1
        elif there is not None and plain not in ({k: v for k, v in w.items() if k != "ledger.json"} for w in (wanted[over], before)):
            seen["half published"] += 1
        again = ended(start(home))
        seen["resumed with another exit status than 0"] += again != 0
        if (now := published(home)) != wanted[over]:
            seen["resumed and different"] += 1
            print(f"{i}: {sorted(k for k in {*now, *wanted[over]} if now.get(k) != wanted[over].get(k))}", flush=True)
        seen["killed and resumed"] += 1
        seen["with something left behind"] += any((home / "reports").glob("*/*/.staging"))
        if (i + 1) % 5 == 0:
            print(f"{i + 1}: {dict(seen)} {dict(sorted(stages.items()))}", flush=True)
    return seen, stages


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
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        demo = [sys.executable, "-m", "toolkit.cli", "demo", str(home), "--customers", "600"]
        subprocess.run(demo, check=True, capture_output=True, cwd=home, env=environment)
        shutil.copytree(ROOT / "notebooks", home / "notebooks")
        killed, stages = kills(home, asked.kills, asked.seed, asked.first) if asked.kills else (Counter(), Counter())
        paired = pairs(home, asked.pairs) if asked.pairs else Counter()
    for what, number in {**killed, **dict(sorted(stages.items())), **paired}.items():
        print(f"{what}: {number}")
    bad = ("lost", "half published", "resumed and different", "resumed with another exit status than 0", "different",
           "with something left behind")  # fmt: skip
    wrong = sum({**killed, **paired}.get(what, 0) for what in bad)
    return int(bool(wrong) or paired["one made it, the other exited with 3"] < asked.pairs)


if __name__ == "__main__":
    sys.exit(main())
