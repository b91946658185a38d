"""A real browser for tests: headless Chromium, driven over its DevTools protocol, with no network.

Every request, console message, uncaught error and policy violation of a visit is kept, so that a
test can say that there was none.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing outside can be reached, asked for or not
)
_PATIENCE = 30.0


class Failed(AssertionError):
    """The browser refused a command, or did not answer."""


@dataclass
class Visit:
    """One page in one window; what happened there is in the lists."""

    browser: Browser
    session: str
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    loaded: bool = False

    def ask(self, method: str, **params: object) -> dict:
        """A command of the DevTools protocol to this window."""
        return self.browser.ask(method, self.session, **params)

    def js(self, expression: str) -> object:
        """The value of a JavaScript expression in the page; promises are awaited."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise Failed(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until `expression` is true in the page."""
        end = time.monotonic() + _PATIENCE
        while not self.js(expression):
            if time.monotonic() > end:
                raise Failed(
                    f"never became true: {expression}; said: {self.messages + self.violations}"
                )
            time.sleep(0.05)

    def all_drawn(self) -> int:
        """Wait until the page's script is done with its charts; how many it drew."""
        self.until("document.documentElement.dataset.drawn !== undefined")
        return int(self.js("document.documentElement.dataset.drawn"))

    def all_drawn_or_none(self) -> None:
        """Wait until the page's script is done, where the page has charts."""
        if self.js("document.querySelectorAll('[data-chart]').length"):
            self.all_drawn()

    def picture(self, path: Path, whole: bool = True) -> Path:
        """A screenshot."""
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))
        return path

    def pdf(self, path: Path) -> Path:
        """The page as it prints on A4."""
        answer = self.ask(
            "Page.printToPDF",
            preferCSSPageSize=True,
            printBackground=True,
            paperWidth=8.27,
            paperHeight=11.69,
        )
        path.write_bytes(base64.b64decode(answer["data"]))
        return path

    @property
    def strange(self) -> list[str]:
        """Every request but the one for the page itself; pictures that are in the page are none."""
        return [r for r in self.requests[1:] if not r.startswith("data:")]

    @property
    def wrong(self) -> list[str]:
        """Everything that a quiet page does not have."""
        return self.strange + self.messages + self.violations

    def _heard(self, method: str, params: dict) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Page.javascriptDialogOpening":
            self.messages.append(f"dialog: {params['message']}")
            self.browser.answer_dialog(self.session)
        elif method == "Runtime.exceptionThrown":
            self.messages.append(f"uncaught: {params['exceptionDetails']}")
        elif method == "Runtime.consoleAPICalled" and params["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self.messages.append(f"{params['type']}: {[a.get('value') for a in params['args']]}")
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.messages.append(f"{params['entry']['source']}: {params['entry']['text']}")
        elif (
            method == "Audits.issueAdded"
            and "contentSecurityPolicyIssueDetails" in params["issue"]["details"]
        ):
            self.violations.append(
                json.dumps(params["issue"]["details"]["contentSecurityPolicyIssueDetails"])
            )


class Browser:
    """One Chromium; each visit has a window and a profile of its own."""

    def __init__(self, program: str, profile: Path):
        from websocket import create_connection

        self._process = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = profile / "DevToolsActivePort"
        end = time.monotonic() + _PATIENCE
        while not (port.exists() and len(port.read_text().split()) == 2):
            if self._process.poll() is not None or time.monotonic() > end:
                self._process.kill()
                raise Failed("Chromium did not start")
            time.sleep(0.05)
        number, path = port.read_text().split()
        self._line = create_connection(
            f"ws://127.0.0.1:{number}{path}", timeout=_PATIENCE, suppress_origin=True
        )
        self._asked = 0
        self._visits: dict[str, Visit] = {}

    def ask(self, method: str, session: str | None = None, **params: object) -> dict:
        """A command of the DevTools protocol; events that arrive meanwhile go to their visits."""
        self._asked += 1
        number = self._asked
        self._line.send(
            json.dumps(
                {"id": number, "method": method, "params": params}
                | ({"sessionId": session} if session else {})
            )
        )
        while True:
            said = json.loads(self._line.recv())
            if said.get("id") == number:
                if "error" in said:
                    raise Failed(f"{method}: {said['error']}")
                return said["result"]
            if "method" in said and said.get("sessionId") in self._visits:
                self._visits[said["sessionId"]]._heard(said["method"], said["params"])

    @contextmanager
    def visit(
        self,
        page: Path,
        width: int = 1440,
        height: int = 900,
        *,
        dark: bool = False,
        scripts: bool = True,
        media: str = "",
        zone: str = "",
    ) -> Iterator[Visit]:
        """Open a file; the window closes in the end.

        Parameters
        ----------
        media
            ``print`` for print styles on the screen.
        zone
            The reader's time zone.
        """
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)[
            "targetId"
        ]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        visit = self._visits[session] = Visit(self, session)
        for part in ("Page", "Network", "Runtime", "Log", "Audits"):
            visit.ask(f"{part}.enable")
        visit.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        visit.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
        if zone:
            visit.ask("Emulation.setTimezoneOverride", timezoneId=zone)
        if not scripts:
            visit.ask("Emulation.setScriptExecutionDisabled", value=True)
        visit.ask("Page.navigate", url=page.resolve().as_uri())
        end = time.monotonic() + _PATIENCE
        while not visit.loaded:
            self.ask("Browser.getVersion")  # events arrive with answers
            if time.monotonic() > end:
                raise Failed(f"{page} did not load")
            time.sleep(0.02)
        try:
            yield visit
        finally:
            self.ask("Target.closeTarget", targetId=target)
            self.ask("Target.disposeBrowserContext", browserContextId=context)
            del self._visits[session]

    def answer_dialog(self, session: str) -> None:
        """Dismiss a dialog without waiting: an answer may already be on its way."""
        self._asked += 1
        said = {
            "id": self._asked,
            "method": "Page.handleJavaScriptDialog",
            "params": {"accept": False},
            "sessionId": session,
        }
        self._line.send(json.dumps(said))

    def close(self) -> None:
        """End it."""
        self._line.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium without a network; tests skip where it is not installed."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        opened = Browser(program, Path(profile))
        try:
            yield opened
        finally:
            opened.close()
