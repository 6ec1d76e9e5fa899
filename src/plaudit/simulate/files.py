"""Simulated tables as Parquet: each says that it is synthetic, and none replaces a file that does not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from plaudit.base.disk import refused
from plaudit.base.errors import OutOfTurn
from plaudit.simulate.scene import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

__all__ = ["write_files"]


def write_files(ballots: pa.Table, others: Mapping[str, pa.Table], seed: int, folder: Path) -> None:
    """Write ballots, in order of time, one file a day, and the other tables in `about/`.

    They are made apart, and take the place of earlier ones when all are whole.

    Raises
    ------
    OutOfTurn : a file that would be removed is not synthetic; then nothing is.
    FileRefused : they cannot be written; what was there stays.
    """
    earlier = [*sorted(folder.glob("*.parquet")), *sorted((folder / "about").glob("*.parquet"))]
    for path in earlier:
        if (pq.read_schema(path).metadata or {}).get(b"plaudit") != b"synthetic":
            raise OutOfTurn(f"{path} is not synthetic and would be removed", "give simulated ballots their own folder")
    scratch = folder / ".making"
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        _write(ballots, others, seed, scratch)
        for path in earlier:
            path.unlink()
        (folder / "about").mkdir(exist_ok=True)
        for path in sorted(scratch.rglob("*.parquet")):
            path.replace(folder / path.relative_to(scratch))
    except OSError as error:
        raise refused(error, folder) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(ballots: pa.Table, others: Mapping[str, pa.Table], seed: int, folder: Path) -> None:
    (folder / "about").mkdir(parents=True)
    said = {"plaudit": "synthetic", "seed": str(seed)}
    ballots = ballots.replace_schema_metadata(said)
    day = np.asarray(ballots["cast_at"]) // DAY
    for number in np.unique(day):
        first, last = np.searchsorted(day, [number, number + 1])
        path = folder / f"{np.datetime64(int(number), 'D')}.parquet"
        pq.write_table(ballots.slice(first, last - first), path, compression="zstd")
    for name, table in others.items():
        pq.write_table(table.replace_schema_metadata(said), folder / "about" / f"{name}.parquet", compression="zstd")
