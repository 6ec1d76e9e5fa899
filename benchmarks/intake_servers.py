"""The servers that are compared without ours: started fresh in a folder, stopped whatever happens."""

from __future__ import annotations

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

__all__ = ["EDITION", "PATH", "Target", "bare", "baseline", "free_port", "lacking", "listens", "process"]

EDITION = "2026"
PATH = f"/v1/{EDITION}/ballots"
START_SECONDS = 30
STOP_SECONDS = 30
NEEDED = {
    "ours": ("uvicorn", "litestar"),
    "baseline": ("fastapi", "uvicorn", "asyncpg", "httptools", "uvloop"),
    "bare": ("httptools", "uvloop"),
}


@dataclass(frozen=True)
class Target:
    """A server that answers.

    sessions : one for each voter, in the voters' order
    nominees : whom ballots may name
    audit : takes request and leaf of every acknowledged ballot, one after the
        other, and the number of ballots sent; says what the server kept of them
    """

    port: int
    sessions: Sequence[str]
    nominees: Sequence[str]
    audit: Callable[[array[int], int], str]


def lacking(server: str) -> str:
    """Say what a server cannot run without and is not installed; an empty text if it can run."""
    packages = [name for name in NEEDED[server] if find_spec(name) is None]
    if packages:
        return f"not installed: {', '.join(packages)}; run: pip install 'plaudit[bench]'"
    if server == "baseline" and postgres_folder() is None:
        return "no PostgreSQL; on Debian run: apt-get install postgresql"
    return ""


def postgres_folder() -> Path | None:
    """Give the folder of the newest PostgreSQL's programs; Debian keeps them out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for folder in (*debian, *map(Path, os.get_exec_path())):
        if all((folder / program).is_file() for program in ("initdb", "postgres", "pg_isready")):
            return folder
    return None


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    command: Sequence[object],
    is_ready: Callable[[], bool],
    log: Path,
    environ: Mapping[str, str],
    stop: signal.Signals = signal.SIGTERM,
    user: str | None = None,
) -> Iterator[None]:
    """Run a server until the block ends; what it prints goes to `log`."""
    words = [str(word) for word in command]
    with log.open("wb") as said:
        running = subprocess.Popen(
            words,
            stdout=said,
            stderr=said,
            env={**os.environ, **environ},
            user=user,
            cwd=log.parent,
            start_new_session=True,
        )
    try:
        gives_up = time.monotonic() + START_SECONDS
        while not is_ready():
            if running.poll() is not None or time.monotonic() > gives_up:
                sys.exit(f"{' '.join(words)} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)
        yield
        if running.poll() is not None:
            sys.exit(f"{' '.join(words)} ended under load:\n{log.read_text(errors='replace')[-3000:]}")
    finally:
        running.send_signal(stop)
        try:
            running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)  # its own session, so its workers and nobody else
            running.wait()


def listens(port: int) -> bool:
    """Say whether somebody takes connections at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def bare(folder: Path, voters: Sequence[int], environ: Mapping[str, str]) -> Iterator[Target]:
    """Run a server that stores nothing."""
    port = free_port()
    command: list[object] = [sys.executable, Path(__file__).with_name("intake_bare.py"), port]
    with process(command, lambda: listens(port), folder / "bare.log", environ):
        sessions = [secrets.token_urlsafe(80) for _ in voters]
        yield Target(port, sessions, ["bts"], lambda _acknowledged, _sent: "stored nothing")


@contextmanager
def baseline(folder: Path, voters: Sequence[int], environ: Mapping[str, str]) -> Iterator[Target]:
    """Run PostgreSQL and, before it, FastAPI on uvicorn."""
    import asyncpg  # noqa: PLC0415 - the other servers are measured without it
    import intake_baseline  # noqa: PLC0415

    async def execute(dsn: str) -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute(intake_baseline.SCHEMA)
        await connection.close()

    async def leaves(dsn: str) -> list[int]:
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch("SELECT leaf FROM ballots")
        await connection.close()
        return [row["leaf"] for row in rows]

    def audit(acknowledged: array[int], _sent: int) -> str:
        kept = set(asyncio.run(leaves(dsn)))
        missing = len(set(acknowledged[1::2]) - kept)
        return f"{len(acknowledged) // 2:,} ballots acknowledged, {len(kept):,} rows, {missing:,} missing"

    key, port = secrets.token_bytes(32), free_port()
    with postgres(folder, environ) as dsn:
        asyncio.run(execute(dsn))
        command: list[object] = [
            sys.executable,
            "-m",
            "uvicorn",
            "--loop",
            "uvloop",
            "--http",
            "httptools",
            "--no-access-log",
        ]
        command += ["--app-dir", Path(__file__).parent, "--port", port, "intake_baseline:app"]
        extra = {**environ, "INTAKE_DSN": dsn, "INTAKE_KEY": key.hex()}
        with process(command, lambda: listens(port), folder / "uvicorn.log", extra):
            ends_at = int(time.time()) + 24 * 3600
            sessions = [intake_baseline.issue(key, voter, ends_at) for voter in voters]
            yield Target(port, sessions, intake_baseline.NOMINEES, audit)


@contextmanager
def postgres(folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """Run a PostgreSQL of our own, reached by a socket in the folder; give the address of its database."""
    programs, user, home = postgres_folder(), _unprivileged(), folder / "postgres"
    assert programs is not None
    home.mkdir(mode=0o700)
    if user:
        shutil.chown(home, user)
    initdb: list[str | Path] = [
        programs / "initdb",
        "--auth=trust",
        "--username=plaudit",
        "--encoding=UTF8",
        "--locale=C",
        home / "data",
    ]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")
    settings = ["fsync=on", "synchronous_commit=on", "listen_addresses=", "shared_buffers=512MB", "max_wal_size=4GB"]
    command: list[object] = [programs / "postgres", "-D", home / "data", "-k", home]
    for setting in settings:
        command += ["-c", setting]
    ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", home]
    with process(
        command,
        lambda: subprocess.run(ready, check=False).returncode == 0,
        folder / "postgres.log",
        environ,
        signal.SIGINT,  # ends sessions and stops; SIGTERM would wait for them
        user,
    ):
        yield f"postgresql://plaudit@/postgres?host={home}"


def _unprivileged() -> str | None:
    """Give whom PostgreSQL runs as: it refuses to be root."""
    if os.geteuid():
        return None
    return "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"
