"""The program that draws charts in a browser: Vega, Vega-Lite and vega-embed as one script.

Putting it together takes a second or two and gives the same for every run of one version, so it is kept
in this user's folder of caches, with a digest. Where that cannot be written it is made anew each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

VEGA_LITE = "6.4"


@lru_cache(maxsize=1)
def script() -> str:
    """The whole script, without imports."""
    place = user_cache_path("crm-plan-toolkit") / f"vega-lite-{VEGA_LITE}-{version('vl-convert-python')}.js"
    code = _kept(place)
    if code is None:
        import vl_convert  # its V8 engine must not be running when a process forks, so not before it is used

        code = vl_convert.javascript_bundle(vl_version=VEGA_LITE)
        _keep(place, code)
    return code


def _kept(place: Path) -> str | None:
    """What was kept, where it is whole."""
    try:
        digest, _, code = place.read_bytes().decode("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return code if digest == _digest(code) else None


def _keep(place: Path, code: str) -> None:
    """Losing it costs time only, so a folder that takes nothing is no failure."""
    partial = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(f"{_digest(code)}\n{code}".encode())
        os.replace(partial, place)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
