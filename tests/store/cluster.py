"""A Spark master and its workers on loopback, of bounded memory, gone when the test is."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SETTINGS", "can_hide", "cluster", "missing"]

WORKERS = 2
SETTINGS = (
    "spark.executor.memory=768m&spark.executor.cores=1&spark.driver.memory=1g"
    "&spark.sql.shuffle.partitions=2&spark.default.parallelism=2"
    # a short test gains more from code compiled quickly than from quick code
    "&spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1&spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1"
)
_SECONDS = 300
_WHILE_READ = ["sh", "-c", '"$@" & read _; kill -9 0', "sh"]
"""Runs a command until its own input ends, then ends all that it started."""


def missing() -> str:
    """Say what Spark lacks on this machine, or nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed"
    has_java = os.environ.get("JAVA_HOME") or shutil.which("java")
    return "" if has_java else "there is no Java"


def can_hide() -> bool:
    """Say whether a folder can be hidden from a process of this machine."""
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"]
    return subprocess.run(tried, capture_output=True, check=False, timeout=20).returncode == 0


@contextmanager
def cluster(folder: Path, hidden: Path | None = None) -> Iterator[str]:
    """Give the address of a running master with two workers; the second does not see what is `hidden`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    with ExitStack() as running:
        loopback = ["--host", "127.0.0.1", "--webui-port", "0"]
        master = _daemon(folder, "master", "master.Master", [*loopback, "--port", str(port)])
        _wait_for(running.enter_context(master), "I have been elected leader")
        for number in range(WORKERS):
            bounds = ["--port", "0", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work-{number}")]
            blind = hidden if number else None
            worker = _daemon(folder, f"worker-{number}", "worker.Worker", [*loopback, *bounds, address], blind)
            _wait_for(running.enter_context(worker), "Successfully registered with master")
        yield address


@contextmanager
def _daemon(folder: Path, name: str, kind: str, arguments: list[str], hidden: Path | None = None) -> Iterator[Path]:
    """Run one of Spark's processes and what it starts; give the file of its words."""
    spark = Path(str(importlib.util.find_spec("pyspark").origin)).parent  # type: ignore[union-attr]
    said = folder / f"{name}.log"
    local = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(folder / "spill"), "SPARK_DAEMON_MEMORY": "256m"}
    with (
        said.open("wb") as words,
        subprocess.Popen(
            [
                *_hiding(hidden),
                *_WHILE_READ,
                str(spark / "bin" / "spark-class"),
                f"org.apache.spark.deploy.{kind}",
                *arguments,
            ],
            stdin=subprocess.PIPE,  # closed when this process ends, however it ends
            stdout=words,
            stderr=subprocess.STDOUT,
            env=os.environ | {"SPARK_HOME": str(spark)} | local,
            start_new_session=True,
        ),
    ):
        yield said


def _hiding(hidden: Path | None) -> list[str]:
    """Give what runs a command with an empty folder in the place of another."""
    over = 'mount -t tmpfs none "$0" && exec "$@"'
    return ["unshare", "-rm", "sh", "-c", over, str(hidden)] if hidden else []


def _wait_for(said: Path, words: str) -> None:
    ends = time.monotonic() + _SECONDS
    while words not in said.read_text("utf-8", "replace"):
        if time.monotonic() > ends:
            raise TimeoutError(f"no {words!r} in {_SECONDS} s:\n{said.read_text('utf-8', 'replace')}")
        time.sleep(0.1)
