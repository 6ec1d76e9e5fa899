"""Evidence that lies on an object store: read by address, never written."""

from __future__ import annotations

import importlib
import posixpath
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from plaudit.base.errors import NotInstalled, UnknownName

__all__ = ["RemoteFolder", "filesystem", "is_address"]


def is_address(place: str) -> bool:
    """Say whether a place is an address, `s3://bucket/folder`, and no path."""
    return "://" in place


def filesystem(address: str) -> Any:
    """Give what reads an address, as fsspec knows it.

    Raises
    ------
    UnknownName : fsspec knows no such scheme.
    NotInstalled : fsspec, or what it needs for the scheme, is not installed.
    """
    scheme = address.partition("://")[0]
    try:
        return importlib.import_module("fsspec").filesystem(scheme)
    except ValueError as error:
        raise UnknownName(f"no file system {scheme}://", f"fsspec says: {error}", scheme=scheme) from None
    except ImportError as error:
        raise NotInstalled(
            f"{address} cannot be read: {error}", f"install what reads {scheme}://: pip install 'fsspec[{scheme}]'"
        ) from None


@dataclass(frozen=True)
class RemoteFolder:
    """A folder of made tables, by address."""

    address: str

    def files(self, pattern: str) -> list[str]:
        """Give the addresses of the files that match, in order."""
        system = filesystem(self.address)
        root = self.address.rstrip("/")
        found = system.glob(posixpath.join(system._strip_protocol(root), pattern))
        return sorted(system.unstrip_protocol(path) for path in found)

    def column_names(self, file: str) -> list[str]:
        """Give the columns of one of its Parquet files."""
        with filesystem(file).open(file, "rb") as opened:
            names: list[str] = pq.read_schema(opened).names
        return names
