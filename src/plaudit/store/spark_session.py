"""Start Spark once in a process, and say in words why it cannot start."""

from __future__ import annotations

import atexit
import importlib
import os
import re
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import EngineUnavailable, OutOfTurn
from plaudit.base.extras import require
from plaudit.store.spark_watch import Waiting, WorkerWatch, saying
from plaudit.store.spark_words import broken, first_words, in_words, was_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

    from plaudit.store.spark_master import SparkMaster

__all__ = ["RunningSpark", "refuse_stranger", "running_spark"]

_QUIET: Final = {
    "spark.app.name": "plaudit",
    "spark.log.level": "WARN",  # into a file; it tells why a cluster hands out no workers
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOOPBACK: Final = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_EXACT: Final = {
    "spark.sql.ansi.enabled": "true",  # what overflows is an error, not another number
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
}
_PROBE: Final = {
    "spark.rpc.lookupTimeout": "10s",
    "spark.rpc.numRetries": "1",
    "spark.rpc.io.maxRetries": "0",
}
_CONNECT_SECONDS: Final = 5
_SECRET: Final = re.compile(r"(?i)secret|password|token|credential|access\.key")


@dataclass(frozen=True)
class RunningSpark:
    """Spark as it runs in this process: its context, the log of its words, and what looks at its workers."""

    master: SparkMaster
    context: Any
    log: Path
    watch: WorkerWatch | None

    def session(self) -> SparkSession:
        """Give a session of its own; the views of one season are not another's."""
        sql = importlib.import_module("pyspark.sql")
        session: SparkSession = sql.SparkSession(self.context).newSession()
        shared = {name: value for name, value in self.master.settings.items() if name.startswith("spark.sql.")}
        for name, value in {**shared, **_EXACT}.items():
            session.conf.set(name, value)
        return session

    def why_stopped(self) -> str:
        """Say why work was given up from here, or nothing."""
        return self.watch.reason() if self.watch else ""


_running: list[RunningSpark] = []


def running_spark(master: SparkMaster, on_progress: Callable[[str], None]) -> RunningSpark:
    """Give the Spark of this process, started on a master if there is none yet.

    Raises
    ------
    NotInstalled : PySpark is an extra, and missing.
    OutOfTurn : Spark already runs on another master in this process.
    EngineUnavailable : no Java, no master at the address, or Spark refuses a setting.
    """
    if _running and _running[0].context._jsc is None:  # stopped by somebody else
        _running.pop()
    if _running and _running[0].master.url != master.url:
        raise OutOfTurn(
            f"Spark already runs on {_running[0].master.url} in this process",
            f"use another process for {master.url}",
            engine=master.url,
        )
    if not _running:
        _running.append(_started(master, on_progress))
    return _running[0]


def _started(master: SparkMaster, on_progress: Callable[[str], None]) -> RunningSpark:
    _refuse_missing(master)
    _refuse_unreachable(master)
    pyspark = importlib.import_module("pyspark")
    folder = Path(tempfile.mkdtemp(prefix="plaudit-spark-"))
    log = folder / "spark.log"
    settings = _settings(master)
    starting = Waiting(f"{master.url} did not let Spark start", master.wait_seconds)
    with in_words(f"Spark does not start on {master.url}", log, starting.reason):
        gateway = pyspark.SparkContext._gateway or _launched(settings, log)
        if master.places:
            refuse_stranger(gateway.jvm, master, settings, log)
        conf = pyspark.SparkConf(_jvm=gateway.jvm)
        for name, value in {"spark.master": master.url, **settings}.items():
            conf.set(name, value)
        with saying(starting, on_progress, gateway.proc.kill):
            context = pyspark.SparkContext(conf=conf, gateway=gateway)
    atexit.register(_forget, log)
    watch = None
    if not master.url.startswith("local["):
        words = (
            f"{master.url} gave no worker: there is none, all are busy, or none has the "
            f"{context.getConf().get('spark.executor.memory', '1g')} of memory asked of it (spark.executor.memory)"
        )
        watch = WorkerWatch(context, Waiting(words, master.wait_seconds), on_progress)
    return RunningSpark(master, context, log, watch)


def _forget(log: Path) -> None:
    if not was_named(log):
        shutil.rmtree(log.parent, ignore_errors=True)


def _settings(master: SparkMaster) -> dict[str, str]:
    near = master.is_here or any(host in {"127.0.0.1", "localhost", "::1"} for host, _ in master.places)
    return {**_QUIET, **(_LOOPBACK if near else {}), **master.settings, **_EXACT}


def _launched(settings: dict[str, str], log: Path) -> Any:
    """Start Java; what it prints goes to the log, and no secret stands among its arguments."""
    pyspark = importlib.import_module("pyspark")
    conf = pyspark.SparkConf(loadDefaults=False)
    for name, value in settings.items():
        if not _SECRET.search(name):
            conf.set(name, value)
    with log.open("wb") as words:
        try:
            gateway = importlib.import_module("pyspark.java_gateway").launch_gateway(
                conf, {"stdout": words, "stderr": words}
            )
        except (pyspark.errors.PySparkRuntimeError, OSError) as error:
            raise broken("Java does not start for Spark", first_words(log) or str(error), log) from error
    pyspark.SparkContext._ensure_initialized(gateway=gateway)
    return gateway


def _refuse_missing(master: SparkMaster) -> None:
    require("spark", f"engine {master.url}")
    home = os.environ.get("JAVA_HOME")
    if home and not os.access(Path(home, "bin", "java"), os.X_OK):
        raise EngineUnavailable(
            f"JAVA_HOME is {home}, and there is no bin/java in it", "set it to a Java 17, or unset it"
        )
    if not home and shutil.which("java") is None:
        raise EngineUnavailable("Spark needs Java, and none was found", "install Java 17, or set JAVA_HOME")
    if master.url == "yarn" and not (os.environ.get("HADOOP_CONF_DIR") or os.environ.get("YARN_CONF_DIR")):
        raise EngineUnavailable(
            "engine yarn does not say where its cluster is",
            "let HADOOP_CONF_DIR or YARN_CONF_DIR name the folder of the cluster's settings",
        )


def _refuse_unreachable(master: SparkMaster) -> None:
    """Ask the ports first: Spark itself would try for a minute, and then tell of something else."""
    refused = ""
    for host, port in master.places:
        try:
            socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
        except (OSError, UnicodeError) as error:
            refused = str(error)
            continue
        return
    if master.places:
        raise EngineUnavailable(
            f"no Spark master answers at {master.url}: {refused}", "start it, or correct the address", engine=master.url
        )


def refuse_stranger(jvm: Any, master: SparkMaster, settings: dict[str, str], log: Path) -> None:
    """Ask what answers whether it is a master, and ours to use; Spark itself would wait for a minute.

    Raises
    ------
    EngineUnavailable : it is no master, or it does not let this machine in.
    """
    from py4j.protocol import Py4JJavaError  # noqa: PLC0415 - PySpark is an extra

    conf = jvm.org.apache.spark.SparkConf(True)  # noqa: FBT003 - Java has no keywords
    for name, value in {**settings, **_PROBE}.items():
        conf.set(name, value)
    manager = jvm.org.apache.spark.SecurityManager
    defaults = [getattr(manager, f"$lessinit$greater$default${number}")() for number in (2, 3)]
    host = settings.get("spark.driver.host") or jvm.org.apache.spark.util.Utils.localHostName()
    rpc = jvm.org.apache.spark.rpc
    asking = rpc.RpcEnv.create("plaudit-asks", host, 0, conf, manager(conf, *defaults), True)  # noqa: FBT003
    failure: Py4JJavaError | None = None
    try:
        for address, port in master.places:
            try:
                asking.setupEndpointRef(rpc.RpcAddress(address, port), "Master")
            except Py4JJavaError as error:
                failure = error
            else:
                return
    finally:
        asking.shutdown()
    words = "\n".join(str(cause) for cause in _causes(failure))
    if "TimeoutException" in words or "Connection" in words:
        raise EngineUnavailable(
            f"what answers at {master.url} is not a Spark master",
            "give the port that the master prints when it starts, 7077 unless another was asked for",
            engine=master.url,
        )
    raise broken(f"the master at {master.url} does not let this machine in", words, log)


def _causes(error: Any) -> list[str]:
    found: list[str] = []
    java = error.java_exception if error else None
    while java is not None:
        found.insert(0, f"{java.getClass().getSimpleName()}: {java.getMessage()}")
        java = java.getCause()
    return found
