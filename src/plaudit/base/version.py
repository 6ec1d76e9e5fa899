"""Which version of Plaudit this is."""

from __future__ import annotations

__all__ = ["software", "version"]


def version() -> str:
    """Give the installed version, as in 0.1.0."""
    from importlib import metadata  # noqa: PLC0415 - it takes longer than all else that a verb's help needs

    return metadata.version("plaudit")


def software() -> dict[str, str]:
    """Give the versions of what computes: Plaudit, the libraries that read and count, and the data of time zones."""
    from importlib import metadata  # noqa: PLC0415

    libraries = {name: metadata.version(name) for name in ("duckdb", "ibis-framework", "pyarrow", "plaudit")}
    return {**libraries, "tzdata": _tzdata()}


def _tzdata() -> str:
    """Give the release of the time zones, as in 2026a: the system's, which Python asks first, or the package's."""
    from importlib import metadata  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415
    from zoneinfo import TZPATH  # noqa: PLC0415

    for folder in TZPATH:
        path = Path(folder, "tzdata.zi")
        if path.is_file():
            with path.open(encoding="utf-8") as file:
                return file.readline().removeprefix("# version").strip()
    try:
        return metadata.version("tzdata")
    except metadata.PackageNotFoundError:
        return "unknown"
