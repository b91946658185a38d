"""Sessions of Spark: one application for a run and all of its notebooks, and sensible settings on one machine.

A Spark application is a Java process that takes some ten seconds of processor time to start and is
slow until its code is compiled. A run therefore keeps one (`kept_for_a_run`), and each of its
notebooks has a session of its own in it: its views and settings are its own, what was compiled and
cached is shared. Without a run, as in JupyterLab, a notebook starts its own application, or takes
the one that is there already, as on Databricks.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from pyspark.sql import SparkSession

VARIABLE = "TOOLKIT_SPARK"
"""Says to a run's notebooks where its Spark is: host, port, secret and settings, as JSON."""

ALONE = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={os.devnull}",
}
"""How a session of one machine starts where nobody said otherwise: nobody looks at its pages, and the
database behind a Hive catalog leaves no log in the folder somebody happens to work in."""

ON_ONE_MACHINE = {
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.maxFields": "60",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "4",
}
"""Then, where the session runs on one machine: 200 partitions of nothing cost more than the work, and
so does compiling a query for hundreds of columns."""

_ELSEWHERE = ("SPARK_HOME", "SPARK_CONF_DIR", "SPARK_REMOTE", "PYSPARK_SUBMIT_ARGS", "MASTER")
_MEANT = {"spark.sql.session.timeZone": "UTC", "spark.sql.mapKeyDedupPolicy": "LAST_WIN"}


def settings_of(url: str) -> dict[str, str]:
    """What ``pyspark://warehouse?spark.master=local[2]&…`` says, by Spark's names."""
    parts = urlsplit(url)
    warehouse = unquote(parts.netloc + parts.path)
    found = {"spark.sql.warehouse.dir": os.path.abspath(warehouse)} if warehouse.strip("/") else {}
    return found | dict(parse_qsl(parts.query, keep_blank_values=True))


def connected(url: str) -> BaseBackend:
    """A session of the Spark that `url` names: within a run, of the run's own.

    Raises
    ------
    ImportError
        pyspark is not installed.
    Exception
        What Spark raises where it cannot start or does not know a setting.
    """
    import ibis

    settings = settings_of(url)
    session = _of_this_run(settings) or _own(settings)
    return ibis.pyspark.connect(session)


def let_go(engine: BaseBackend) -> None:
    """End a connection; a Spark application that others share, or had started before, stays."""
    if engine.name == "pyspark" and not getattr(engine._session, "_toolkit_started", False):
        return
    engine.disconnect()


@contextmanager
def kept_for_a_run(url: str) -> Iterator[None]:
    """Keep one application for all sessions of this process and of those it starts.

    Where it cannot be started nothing is kept, and whoever asks for a session hears why.
    """
    settings = settings_of(url)
    session = _tried(settings) if VARIABLE not in os.environ else None
    if session is None:
        yield
        return
    gateway = session.sparkContext._gateway.gateway_parameters
    about = {"host": socket.gethostname(), "port": gateway.port, "secret": gateway.auth_token, "settings": settings}
    os.environ[VARIABLE] = json.dumps(about)
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if getattr(session, "_toolkit_started", False):
            session.stop()


def _tried(settings: Mapping[str, str]) -> SparkSession | None:
    try:
        return _own(settings)
    except Exception:  # noqa: BLE001 - Spark raises many kinds; the first table asked for meets the same and says it
        return None


def _own(settings: Mapping[str, str]) -> SparkSession:
    """The application of this process; started where there is none."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    there = SparkContext._active_spark_context is not None
    builder = SparkSession.builder
    chosen = dict(settings)
    if not there and _nobody_says(settings):
        chosen = {**ALONE, **settings}
    for key, value in chosen.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    if not there:
        session.sparkContext.setLogLevel(chosen.get("spark.log.level", "ERROR"))
        session._toolkit_started = True
    return _set(session, settings)


def _nobody_says(settings: Mapping[str, str]) -> bool:
    """Whether Spark will run on this machine, with nothing configured outside the params file."""
    named = settings.get("spark.master", "local")
    return named.startswith("local") and not any(os.environ.get(v) for v in _ELSEWHERE)


def _set(session: SparkSession, settings: Mapping[str, str]) -> SparkSession:
    for key, value in _MEANT.items():
        session.conf.set(key, value)
    context = session.sparkContext
    if context.master.startswith("local"):
        said = {key for key, _ in context.getConf().getAll()} | settings.keys()
        for key, value in ON_ONE_MACHINE.items():
            if key not in said:
                session.conf.set(key, value)
    return session


def _of_this_run(settings: Mapping[str, str]) -> SparkSession | None:
    """A new session in the run's application; None where there is none, or it is not to be reached."""
    held = os.environ.get(VARIABLE)
    if not held:
        return None
    about = json.loads(held)
    if about["host"] != socket.gethostname() or about["settings"] != dict(settings):
        return None
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    context = SparkContext._active_spark_context or _attached(about)
    return _set(SparkSession(context).newSession(), settings) if context is not None else None


def _attached(about: Mapping) -> object | None:
    """This process' own door to a Java process that is there, by PySpark's own way of being started by one."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    os.environ["PYSPARK_GATEWAY_PORT"], os.environ["PYSPARK_GATEWAY_SECRET"] = str(about["port"]), about["secret"]
    try:
        gateway = launch_gateway()
        scala = gateway.jvm.org.apache.spark.SparkContext.getOrCreate()
        java = gateway.jvm.org.apache.spark.api.java.JavaSparkContext.fromSparkContext(scala)
        return SparkContext(gateway=gateway, jsc=java, conf=SparkConf(_jvm=gateway.jvm, _jconf=scala.getConf()))
    except (Py4JError, OSError):
        return None
    finally:
        del os.environ["PYSPARK_GATEWAY_PORT"], os.environ["PYSPARK_GATEWAY_SECRET"]
