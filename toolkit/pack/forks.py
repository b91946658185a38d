"""Notebooks forked from one process that has everything imported.

The server is a plain interpreter that imports `toolkit.pack.preloaded`, reads orders from its
standard input and forks a child for each; it ends, and its children with it, when that input ends.
At the fork it has one thread, no connection and has drawn nothing. The standard library's own fork
server runs the caller's main script again in every child, which a script without a guard does not
survive; this one knows nothing of the caller.
"""

from __future__ import annotations

import gc
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import IO

from toolkit.pack.execute import QUIET, Order, perform

_COSTLY = ("rfc3987_syntax", "boto3")
"""What libraries of ours import where it is there and do without where it is not: a grammar of
international addresses (a quarter of the start) and papermill's door to S3, where no notebook lies."""
_STARTING = threading.Lock()
_RESET = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM)


@dataclass
class Child:
    """A forked notebook, as it is known to the process that asked for it."""

    begun: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    pid: int = 0
    status: int = 0
    """Its exit status; minus a signal's number where one ended it."""
    cpu: float = 0.0
    complaint: str = ""
    """What the server said where it was the one that ended."""


class Server:
    """The process that notebooks are forked from; started at the first order."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "toolkit.pack.forks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, **QUIET}, text=True, start_new_session=True,
        )
        self._children: dict[int, Child] = {}
        self._gone, self._complaint = False, ""
        # orders come from several threads, and just as the server goes: none may be taken and never ended
        self._taking = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether orders are taken."""
        return not self._gone and self._process.poll() is None

    def order(self, order: Order, answer: str) -> Child:
        """Have a notebook run; its answer is written to the file `answer`."""
        child = Child()
        with self._taking:
            if self._gone:
                self._lost(child)
                return child
            number = len(self._children)
            self._children[number] = child
            try:
                here = {"folder": os.getcwd(), "environment": {**os.environ, **QUIET}}
                said = {"id": number, "order": asdict(order), "answer": answer, **here}
                self._process.stdin.write(json.dumps(said) + "\n")
                self._process.stdin.flush()
            except OSError:
                self._lost(child)
        return child

    def _listen(self) -> None:
        try:
            for line in self._process.stdout:
                said = json.loads(line)
                child = self._children[said["id"]]
                if "pid" in said:
                    child.pid = said["pid"]
                    child.begun.set()
                else:
                    child.status, child.cpu = said["status"], said["cpu"]
                    child.ended.set()
            self._complaint = self._process.stderr.read()
        finally:
            with self._taking:
                self._gone = True
                for child in self._children.values():
                    if not child.ended.is_set():
                        self._lost(child)

    def _lost(self, child: Child) -> None:
        child.status, child.complaint = child.status or 1, self._complaint
        child.begun.set()
        child.ended.set()


@lru_cache(maxsize=1)
def _started(caller: int) -> list[Server]:
    """One server a process; a forked caller does not share its parent's."""
    return []


def server() -> Server:
    """The server of this process, a new one where it is gone."""
    with _STARTING:
        held = _started(os.getpid())
        if not held or not held[-1].alive:
            held.append(Server())
        return held[-1]


def serve(orders: IO[str], replies: IO[str]) -> None:
    """In the server: fork for each order, tell of each end."""
    gc.disable()  # while everything stays, looking for garbage is a sixth of the start
    with _left_out(_COSTLY):
        import toolkit.pack.preloaded  # noqa: F401
    # a child that looked through what is imported would copy every page of it
    gc.freeze()
    gc.enable()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    pending = b""
    source = orders.fileno()
    while True:
        ready, _, _ = select.select([source, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_of_ended(running, replies)
        if source in ready:
            got = os.read(source, 1 << 16)
            if not got:
                break
            *lines, pending = (pending + got).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for number in _RESET:
                        signal.signal(number, signal.SIG_DFL)
                    _run(Order(**asked["order"]), asked["answer"], asked["folder"], asked["environment"])
                running[pid] = asked["id"]
                _say(replies, {"id": asked["id"], "pid": pid})
    for pid in running:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@contextmanager
def _left_out(modules: tuple[str, ...]) -> Iterator[None]:
    """Inside, these cannot be imported; a notebook can, afterwards."""
    here = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(here))
    try:
        yield
    finally:
        for name in here:
            del sys.modules[name]


def _tell_of_ended(running: dict[int, int], replies: IO[str]) -> None:
    while running:
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            return
        code = os.waitstatus_to_exitcode(status)
        cpu = round(used.ru_utime + used.ru_stime, 3)
        _say(replies, {"id": running.pop(pid), "status": code, "cpu": cpu})


def _say(replies: IO[str], what: dict) -> None:
    replies.write(json.dumps(what) + "\n")
    replies.flush()


def _run(order: Order, answer: str, folder: str, environment: dict[str, str]) -> None:
    """In the forked process; it ends here.

    Folder and environment are the caller's of this moment: the server may be older than a connection's
    secret, and what is asked for may be named from where the caller stands now.
    """
    status = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update({**environment, **order.environment})
        time.tzset()
        import numpy

        from toolkit.pack import in_process

        random.seed(0)
        numpy.random.seed(0)  # noqa: NPY002 - what a notebook draws from the global generator is the same each time
        in_process.register()
        said = perform(order, in_process.NAME)
        unfinished = f"{answer}.partial"
        with open(unfinished, "w", encoding="utf-8") as out:
            json.dump(said, out)
        os.replace(unfinished, answer)
        status = 0
    finally:
        os._exit(status)  # nothing of a notebook's is tidied up: its process is


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
