"""Ready files that make the pack on a schedule: for cron, systemd, GitHub Actions or Airflow.

Each runs ``toolkit run PARAMS --period latest`` every morning. That costs little: a pack that still
holds is only checked, and ``latest`` turns to a new period once the data of it is there (the params'
``ready``), so rows that come late lead to a new run by themselves. No two runs overlap, and the
toolkit's own answer to that (exit status 3) is no failure.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from toolkit.problems import Problem, Refused

KINDS = ("cron", "systemd", "github", "airflow")
BUSY = 3
_HOUR, _MINUTE = 6, 17


@dataclass(frozen=True)
class Plan:
    """What is to be run, and from where.

    Attributes
    ----------
    company
        The id of the company; names the files.
    params
        Its params file, in full.
    folder
        The project: where runs start, and where ``reports`` stands.
    program
        The ``toolkit`` command, in full.
    pages
        The pages of the pack, in reading order.
    pack
        Which pack; the file's first one where None.
    """

    company: str
    params: Path
    folder: Path
    program: Path
    pages: tuple[str, ...]
    pack: str | None = None

    @property
    def words(self) -> list[str]:
        """The command without its program."""
        return ["run", str(self.params), *(["--pack", self.pack] if self.pack else []), "--period", "latest"]

    @property
    def name(self) -> str:
        """For files, units and jobs."""
        return f"toolkit-{self.company}" + (f"-{self.pack}" if self.pack else "")


def plan_of(params: Path, pack: str | None) -> Plan:
    """What a schedule for `params` runs; the file and the pack are checked first.

    Raises
    ------
    Refused
        Where the params file does not hold, or has no such pack.
    """
    from toolkit.company.load import load_company
    from toolkit.pack.jobs import jobs_of, notebooks_folder, pick_pack

    file = load_company(params)
    jobs = jobs_of(file, pick_pack(file, pack)[1], "latest", notebooks_folder(Path.cwd(), file.path.parent))
    program = Path(sys.argv[0]).absolute() if Path(sys.argv[0]).name == "toolkit" else Path(sys.executable).parent / "toolkit"
    folder = file.path.parent.parent if file.path.parent.name == "params" else file.path.parent
    for place in (file.path, folder, program):
        if re.search(r"[\x00-\x1f]", str(place)):
            raise Refused(Problem("schedule", "holds a line break or another control character, which no scheduler takes", str(place)))
    return Plan(file.company.company.id, file.path, folder, program, tuple(job.page for job in jobs), pack)


def files_of(kind: str, plan: Plan) -> dict[str, str]:
    """File name -> text; the same for the same plan.

    Raises
    ------
    Refused
        For an unknown kind.
    """
    if kind not in KINDS:
        raise Refused(Problem("schedule", "is no scheduler that files are written for", kind, KINDS))
    return {"cron": _cron, "systemd": _systemd, "github": _github, "airflow": _airflow}[kind](plan)


def _cron(plan: Plan) -> dict[str, str]:
    run = shlex.join([str(plan.program), *plan.words])
    lock, log = f"{plan.folder}/.{plan.name}.lock", f"{plan.folder}/{plan.name}.log"
    # -E: a run that is still under way ends this one with 3, as the toolkit's own lock does
    locked = f"flock -n -E {BUSY} {shlex.quote(lock)} {run}"
    line = f"cd {shlex.quote(str(plan.folder))} && {{ {locked} >> {shlex.quote(log)} 2>&1 || [ $? -eq {BUSY} ]; }}"
    # cron takes an unescaped % for the end of the line
    text = (
        f"# Install: crontab -l | cat - {plan.name}.cron | crontab -\n"
        f"# Every morning at {_HOUR:02d}:{_MINUTE:02d}. Exit status {BUSY}, another run is under way, is no failure;\n"
        "# any other makes cron send its mail, and the log says why.\n"
        f"{_MINUTE} {_HOUR} * * * {line.replace('%', chr(92) + '%')} || tail -n 5 {shlex.quote(log).replace('%', chr(92) + '%')}\n"
    )
    return {f"{plan.name}.cron": text}


def _systemd(plan: Plan) -> dict[str, str]:
    command = " ".join(_unit_word(word) for word in (str(plan.program), *plan.words))
    service = f"""\
# Install: cp {plan.name}.service {plan.name}.timer ~/.config/systemd/user/
#          systemctl --user daemon-reload && systemctl --user enable --now {plan.name}.timer
[Unit]
Description=Pack of {plan.company}

[Service]
Type=oneshot
WorkingDirectory={str(plan.folder).replace('%', '%%')}
ExecStart={command}
# another run is under way: no failure
SuccessExitStatus={BUSY}
Nice=10
"""
    timer = f"""\
[Unit]
Description=Every morning: pack of {plan.company}

[Timer]
OnCalendar=*-*-* {_HOUR:02d}:{_MINUTE:02d}:00
# made up for where the machine was off
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{plan.name}.service": service, f"{plan.name}.timer": timer}


def _unit_word(word: str) -> str:
    """One word of a command in a systemd unit: ``%`` and ``$`` stand for themselves, blanks do not split."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{safe}"' if re.search(r"[\s\"'\\;]", word) else safe


def _github(plan: Plan) -> dict[str, str]:
    inside = plan.params.relative_to(plan.folder)
    words = ["toolkit", "run", inside.as_posix(), *(["--pack", plan.pack] if plan.pack else []), "--period", "latest"]
    needs = "-c constraints.txt -e ." if (plan.folder / "constraints.txt").is_file() else "crm-plan-toolkit"
    script = f"status=0\n{shlex.join(words)} || status=$?\n# {BUSY}: another run is under way, no failure\n[ $status -eq {BUSY} ] || exit $status\n"
    text = f"""\
# Put it into .github/workflows/ of the repository that holds {inside.parts[0]}/ and the tables.
name: {json.dumps(plan.name)}
on:
  schedule:
    - cron: "{_MINUTE} {_HOUR} * * *"
  workflow_dispatch: {{}}
permissions:
  contents: read
concurrency:
  group: {json.dumps(plan.name)}
  cancel-in-progress: false
jobs:
  pack:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - run: python -m pip install {needs}
      - name: Make the pack
        shell: bash
        run: |
{"".join(f"          {line}{chr(10)}" for line in script.splitlines())}      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: reports
          path: reports
"""
    return {f"{plan.name}.yml": text}


def _airflow(plan: Plan) -> dict[str, str]:
    settings = {"program": str(plan.program), "params": str(plan.params), "folder": str(plan.folder), "pack": plan.pack,
                "pages": list(plan.pages)}  # fmt: skip
    said = json.dumps(settings, indent=4, ensure_ascii=True).replace("null", "None")
    text = f'''\
"""Makes the pack of {plan.company}: a task for each page, then one that publishes. Airflow 3.

Each of the first tasks makes one page, side by side where workers are free, and is seen by its name
where it fails. What they made is remembered in reports/, so that the last task only puts it together
and publishes it whole; pages that the params have got since this file was written are made by it too.
Put this file into Airflow's folder of DAGs; workers on other machines need the same folder at the
same place.
"""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

from airflow.exceptions import AirflowSkipException
from airflow.sdk import dag, get_current_context, task

PLAN = {said}
BUSY = {BUSY}
REPORTS = Path(PLAN["folder"]) / "reports"


def run(*more: str) -> None:
    """Run the toolkit; its last lines are the task's failure, another run under way skips it."""
    command = [PLAN["program"], "run", PLAN["params"], "--period", "latest", *more]
    command += ["--pack", PLAN["pack"]] if PLAN["pack"] else []
    ended = subprocess.run(command, cwd=PLAN["folder"], capture_output=True, text=True)
    print(ended.stdout, ended.stderr, sep="")
    if ended.returncode == BUSY:
        raise AirflowSkipException("another run is under way")
    if ended.returncode:
        raise RuntimeError(f"exit status {{ended.returncode}}: {{ended.stderr[-2000:]}}")


@dag(
    dag_id={json.dumps(plan.name)},
    schedule="{_MINUTE} {_HOUR} * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
)
def pack():
    """Each page by itself, then the whole pack."""

    @task(max_active_tis_per_dagrun=4, map_index_template="{{{{ name }}}}")
    def page(name: str) -> None:
        """One page, in a folder of its own; what was made is remembered for all."""
        get_current_context()["name"] = name
        memory, place = REPORTS / ".remembered", REPORTS / ".tasks" / name
        for folder in (memory, place):
            folder.mkdir(parents=True, exist_ok=True)
        if not (place / memory.name).exists():
            (place / memory.name).symlink_to(memory)
        run("--only", name, "--jobs", "1", "--out", str(place))

    @task(trigger_rule="all_done")
    def publish() -> None:
        """The whole pack into reports/, where readers find it."""
        run()

    page.expand(name=PLAN["pages"]) >> publish()


pack()
'''
    return {f"{plan.name.replace('-', '_')}.py": text}
