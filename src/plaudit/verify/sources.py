"""Is the evidence what the sources give: collected again where data/ is there, else held against artists.toml."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import PlauditError, ProofInvalid
from plaudit.base.progress import quiet
from plaudit.base.weeks import instant_text
from plaudit.collect.collect import collect
from plaudit.collect.identity import Identity
from plaudit.store.evidence import Evidence
from plaudit.store.tables import made_by, table
from plaudit.verify.archive import check_archive, records_read
from plaudit.verify.differences import first_difference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.verify.verified import Verified

__all__ = ["Sources", "check_owners"]

_VOTER: Final = "voter"
_BY_PLACE: Final = ["source", "row", "fact", "value"]
_ASK: Final = "ask the signer what the evidence was made from"
_COUNTED: Final = ("platform", "account", "post", "metric")
_NO_KEY: Final = bytes(32)


class Sources:
    """What the sources give now, if they are here.

    Without the edition's key, voters' names give other pseudonyms; then each of ours must stand for one of theirs,
    in every table.
    """

    def __init__(self, season: Season, folder: Path, *, is_here: bool) -> None:
        self._season = season
        self._again = Evidence(folder) if is_here else None
        self._key = season.folder / "keys" / "voter.key"
        self._has_key = self._key.is_file()
        self._pairs: list[pa.Table] = []

    def compare(self, ours: Evidence, found: Verified) -> None:
        """Collect again and compare every collected table of `ours`, whose files were written in this run.

        Raises
        ------
        ProofInvalid : the sources give another row; names the table, row, column and both values.
        """
        if self._again is None:
            if self._season.sources:
                found.unchecked.append("not tied to sources: data/ is not here, so nobody compared evidence with it")
            check_owners(self._season, ours)
            return
        if check_archive(self._season, ours, found).digests:
            found.unchecked.append(
                "not tied to sources: answers that evidence was made from were deleted, rows and all"
            )
            check_owners(self._season, ours)
            return
        for name in made_by("collect"):
            if difference := self.difference(name, ours):
                raise ProofInvalid(f"evidence/{name} is not what the sources in data/ give: {difference}", _ASK)
        self._refuse_merged_voters()
        by_key = "" if self._has_key or not self._pairs else "; without the edition's key, voters one for one"
        found.checked.append(f"the sources in data/ give that evidence{by_key}")

    def _collected(self, ours: Evidence) -> Evidence:
        assert self._again is not None
        if not self._again.folder.exists():
            try:
                key = self._key.read_bytes() if self._has_key else _NO_KEY
                collect(self._season, self._again, key, on_progress=quiet, records_most=records_read(ours))
            except PlauditError as error:
                raise ProofInvalid(
                    f"the sources in data/ can no longer be collected: {error.what}", error.remedy
                ) from None
        return self._again

    def difference(self, name: str, ours: Evidence) -> str:
        """Say which row of a table differs first from what the sources give; nothing if none does, or if they lack."""
        if self._again is None or (name == "ballots" and self._season.live):
            return ""
        passed_over = frozenset() if self._has_key else frozenset({_VOTER})
        both = _parts(self._collected(ours), name), _parts(ours, name)
        if difference := first_difference(table(name), *both, passed_over):
            return difference
        if passed_over & {*table(name).columns}:
            for right, held in zip(_parts(self._collected(ours), name), _parts(ours, name), strict=True):
                self._pairs.append(_pairs(right[_VOTER], held[_VOTER]))
        return ""

    def _refuse_merged_voters(self) -> None:
        if not self._pairs:
            return
        pairs = pa.concat_tables(self._pairs).group_by(["right", "held"]).aggregate([])
        for side in ("right", "held"):
            again = pairs.group_by(side).aggregate([([], "count_all")])
            if again.num_rows != pairs.num_rows:
                raise ProofInvalid(
                    "evidence/ballots or evidence/voter_facts gives one voter of the sources several pseudonyms, "
                    "or several voters one",
                    _ASK,
                )


def check_owners(season: Season, ours: Evidence) -> None:
    """Hold posts, credits and readings against artists.toml: whose each may be by account, title or declaration.

    Raises
    ------
    ProofInvalid : names the post or account, whose it is said to be, and whose it is.
    """
    owners = _Owners(season)
    artist_of: dict[tuple[str, str], str] = {}
    for row in _rows(ours, "posts", ["platform", "post", "account", "artist", "title"]):
        artist_of[row["platform"], row["post"]] = row["artist"]
        owners.refuse_post(row)
    accounts = {
        (row["platform"], row["post"]): row["account"] for row in _rows(ours, "posts", ["platform", "post", "account"])
    }
    for row in _rows(ours, "credits", ["platform", "post", "artist"]):
        key = row["platform"], row["post"]
        owners.refuse_stranger("credits", {**row, "account": accounts.get(key, "")})
    _refuse_other_shares(ours)
    _refuse_other_falls(ours)
    for row in _rows(ours, "readings", ["platform", "account", "post", "artist"]):
        key = row["platform"], row["post"]
        right = artist_of.get(key, "") if row["post"] else owners.of_account(*key[:1], row["account"])
        if row["artist"] != right:
            what = f"the post {row['post']}" if row["post"] else f"the account {row['account']}"
            raise ProofInvalid(
                f"evidence/readings: a reading of {what} ({row['platform']}) is given to {_named(row['artist'])}, "
                f"not to {_named(right)}",
                _ASK,
            )


def _refuse_other_shares(ours: Evidence) -> None:
    """Refuse a credit that says of how many artists the post is, and is wrong."""
    credited = [row for part in _parts(ours, "credits") for row in part.to_pylist()]
    of_period = Counter((row["platform"], row["post"], row["from_at"]) for row in credited)
    for row in credited:
        if row["artists"] != (right := of_period[row["platform"], row["post"], row["from_at"]]):
            raise ProofInvalid(
                f"evidence/credits: the post {row['post']} ({row['platform']}) is credited to {row['artist']} as one "
                f"of {row['artists']}, and is credited to {right}",
                _ASK,
            )


def _refuse_other_falls(ours: Evidence) -> None:
    """Refuse a reading that is said to fall below the one before it and does not, or the other way round."""
    before: tuple[tuple[str, ...], int] | None = None
    for part in _parts(ours, "readings"):
        for row in part.select([*_COUNTED, "observed_at", "value", "falls"]).to_pylist():
            counter = tuple(row[name] for name in _COUNTED)
            falls = before is not None and before[0] == counter and row["value"] < before[1]
            if row["falls"] != falls:
                raise ProofInvalid(
                    f"evidence/readings: falls is {row['falls']} of the reading {row['value']} of "
                    f"{row['post'] or row['account']} ({row['metric']}, {instant_text(row['observed_at'])})",
                    _ASK,
                )
            before = counter, row["value"]


class _Owners:
    """Whose a post may be."""

    def __init__(self, season: Season) -> None:
        self._identity = Identity(season.artists)
        self._ids = set(season.artists.by_id())
        self._naming = {
            source.platform for source in season.sources if "artists" in {*source.columns, *source.constants}
        }
        declared = {artist for one in season.artists.collaborations for artist in one.artists}
        self._labels = {
            (label.platform, label.account): {pattern.artist for pattern in label.patterns} | declared
            for label in season.artists.labels
        }
        self._declared = declared

    def of_account(self, platform: str, account: str) -> str:
        return self._identity.artist_of(platform, account) or ""

    def refuse_post(self, row: dict[str, Any]) -> None:
        """Refuse a post whose title, as it is in the evidence, gives it to another."""
        platform, account = row["platform"], row["account"]
        if not self._identity.knows(platform, account):
            raise ProofInvalid(
                f"evidence/posts: the post {row['post']} is of {account} ({platform}), an account that artists.toml "
                "does not name",
                _ASK,
            )
        right = self._identity.credit(platform, account, row["post"], row["title"]).artists
        if platform in self._naming or right is None:
            for artist in row["artist"].split():
                self.refuse_stranger("posts", {**row, "artist": artist})
        elif row["artist"] != right:
            raise ProofInvalid(
                f"evidence/posts: the post {row['post']} of {account} ({platform}) is given to "
                f"{_named(row['artist'])}; by artists.toml it is {_named(right)}'s",
                _ASK,
            )

    def refuse_stranger(self, name: str, row: dict[str, Any]) -> None:
        """Refuse an artist who has nothing to do with the account."""
        platform, account = row["platform"], row["account"]
        allowed = self._labels.get((platform, account), set()) | {self.of_account(platform, account)} | self._declared
        if row["artist"] not in (self._ids if platform in self._naming else allowed):
            raise ProofInvalid(
                f"evidence/{name}: the post {row['post']} of {account or 'no account'} ({platform}) is given to "
                f"{_named(row['artist'])}, whom artists.toml does not give that account",
                _ASK,
            )


def _named(artist: str) -> str:
    return artist or "nobody"


def _rows(ours: Evidence, name: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    """Give the different rows of some columns of a table; texts that are missing are empty."""
    for batch in _parts(ours, name):
        for row in batch.select(columns).group_by(columns).aggregate([]).to_pylist():
            yield {column: value or "" for column, value in row.items()}


def _parts(tables: Evidence, name: str) -> Iterator[pa.Table]:
    """Give the rows of a table in parts; those of voter_facts, which are in the order of pseudonyms, by place."""
    for path in tables.files(name):
        with pq.ParquetFile(path) as file:
            if name == "voter_facts":
                yield file.read().sort_by([(column, "ascending") for column in _BY_PLACE])
                continue
            for number in range(file.metadata.num_row_groups):
                yield file.read_row_group(number)


def _pairs(right: Any, held: Any) -> pa.Table:
    return pa.table({"right": right, "held": held}).group_by(["right", "held"]).aggregate([])
