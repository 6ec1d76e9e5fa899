"""The address of a Spark master, with its settings: `spark://HOST:PORT?spark.executor.memory=4g`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant

__all__ = ["WAIT_SECONDS", "SparkMaster", "read_master"]

WAIT_SECONDS: Final = 300
"""How long work waits for a worker, where `plaudit.wait` does not say."""

_LOCAL: Final = re.compile(r"local(\[(\d+|\*)(,\d+)?\])?|local-cluster\[[1-9]\d*,[1-9]\d*,[1-9]\d*\]")
_FAR: Final = re.compile(r"spark://.*|yarn|k8s://.+")
_PLACE: Final = re.compile(r"(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})", re.ASCII)
_PORTS: Final = 65_535
_WAIT: Final = "plaudit.wait"
_KNOWN: Final = "choose duckdb, local[2], local-cluster[2,1,1024] or spark://HOST:PORT"


@dataclass(frozen=True)
class SparkMaster:
    """One master and what is asked of it.

    url : as Spark takes it, without settings
    settings : Spark's own, by name
    places : host and port of each master that has an address of its own
    wait_seconds : how long work waits for a worker before it gives up
    """

    url: str
    settings: dict[str, str]
    places: tuple[tuple[str, int], ...] = ()
    wait_seconds: int = WAIT_SECONDS

    @property
    def is_here(self) -> bool:
        """Say whether all of its workers run on this machine, started by this process."""
        return self.url.startswith("local")


def read_master(name: str) -> SparkMaster:
    """Read a master's name.

    Raises
    ------
    UnknownName : no engine of that name, no such port, or a setting that is neither Spark's nor ours.

    Examples
    --------
    >>> asked = read_master("spark://10.0.0.5:7077?plaudit.wait=60&spark.executor.memory=4g")
    >>> asked.url, asked.settings, asked.wait_seconds
    ('spark://10.0.0.5:7077', {'spark.executor.memory': '4g'}, 60)
    >>> read_master("spark://one:70x7")
    Traceback (most recent call last):
    plaudit.base.errors.UnknownName: engine 'spark://one:70x7': 'one:70x7' is not HOST:PORT; a port is 1 to 65535
    """
    url, _, query = name.partition("?")
    if not (_LOCAL.fullmatch(url) or _FAR.fullmatch(url)):
        raise UnknownName(f"no engine {name!r}", meant(name, ("duckdb", "local[2]"), _KNOWN), engine=name)
    settings = dict(_setting(name, text) for text in query.split("&") if text)
    wait = settings.pop(_WAIT, str(WAIT_SECONDS))
    if not (wait.isascii() and wait.isdigit() and 0 < len(wait) < 7):
        raise UnknownName(
            f"engine {name!r}: {_WAIT} is {wait!r}", "give whole seconds, as in plaudit.wait=300", engine=name
        )
    places = url.removeprefix("spark://").split(",") if url.startswith("spark://") else []
    return SparkMaster(url, settings, tuple(_place(name, place) for place in places), int(wait))


def _place(name: str, place: str) -> tuple[str, int]:
    found = _PLACE.fullmatch(place)
    if not found or not 0 < int(found["port"]) <= _PORTS:
        raise UnknownName(
            f"engine {name!r}: {place!r} is not HOST:PORT",
            f"a port is 1 to {_PORTS}",
            engine=name,
        )
    return found["host"].strip("[]"), int(found["port"])


def _setting(name: str, text: str) -> tuple[str, str]:
    key, _, value = (unquote_plus(part) for part in text.partition("="))
    if not value or not (key.startswith("spark.") or key == _WAIT):
        raise UnknownName(
            f"engine {name!r}: {text!r} is not a setting",
            f"write spark.NAME=VALUE, as in spark.executor.memory=4g, or {_WAIT}=SECONDS",
            engine=name,
        )
    return key, value
