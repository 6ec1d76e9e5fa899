"""Appeals: who asked for a ballot back, what was decided, and why; all of it in the open.

    receipt,decision,why                                    appeals.csv
    1042,reinstate ballot,the voter showed the order of the concert tickets
    appeals/nadia.txt,uphold,the account was closed by its platform

A receipt is the index of a leaf of the log, or a voter's receipt in a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, ProofInvalid, RuleInvalid, SignatureInvalid
from plaudit.base.paths import is_file
from plaudit.base.spelling import meant
from plaudit.base.texts import csv_table
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.vote.log import has_log, read_log_key
from plaudit.vote.receipt import open_receipt, read_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis

    from plaudit.rulebook.season import Season

__all__ = [
    "APPEALS",
    "BALLOT",
    "UPHOLD",
    "VOTER",
    "Appeal",
    "appealed_files",
    "given_back",
    "read_appeals",
    "refuse_baseless",
]

APPEALS: Final = "appeals.csv"
BALLOT: Final = "reinstate ballot"
VOTER: Final = "reinstate voter"
UPHOLD: Final = "uphold"
_DECISIONS: Final = (BALLOT, VOTER, UPHOLD)
_COLUMNS: Final = ["receipt", "decision", "why"]


@dataclass(frozen=True)
class Appeal:
    """One decided appeal.

    receipt : as the file gives it
    ballot : the number of the ballot it is about; its leaf is one more
    line : in the file
    """

    receipt: str
    ballot: int
    decision: str
    why: str
    line: int


def read_appeals(season: Season) -> list[Appeal]:
    """Read a season's appeals, by line; no file, no appeals.

    Raises
    ------
    RuleInvalid : a wrong header or decision, no reason, a receipt that is neither a leaf of a ballot nor a
        receipt of this log, or one ballot decided twice; with its line.
    """
    path = season.folder / APPEALS
    found: dict[int, Appeal] = {}
    for line, receipt, decision, why in _rows(path):
        if decision not in _DECISIONS:
            remedy = meant(decision, _DECISIONS, f"use one of: {', '.join(_DECISIONS)}")
            raise _invalid(line, f"decision {decision!r}", remedy)
        if not why.strip():
            raise _invalid(line, f"no why for receipt {receipt!r}", "say why it was decided so; it is published")
        ballot = _leaf(season, receipt, line) - 1
        if ballot in found:
            raise _invalid(
                line,
                f"receipt {receipt!r} is of leaf {ballot + 1}, which line {found[ballot].line} decides already",
                "keep one row",
            )
        found[ballot] = Appeal(receipt, ballot, decision, why, line)
    return list(found.values())


def appealed_files(season: Season) -> list[str]:
    """Give the file of appeals and the receipts it names, by path in the season, those that are there."""
    path = season.folder / APPEALS
    names = [APPEALS, *(receipt for _, receipt, _, _ in _rows(path) if not _is_leaf(receipt))]
    return [name for name in names if is_file(season.folder / name)]


def given_back(appeals: Sequence[Appeal], ballots: ibis.Table) -> ibis.Table:
    """Give the ballots that appeals reinstate: ballot and voter, one row a ballot."""
    alone = [appeal.ballot for appeal in appeals if appeal.decision == BALLOT]
    asked = [appeal.ballot for appeal in appeals if appeal.decision == VOTER]
    voters = ballots.filter(ballots.ballot.isin(asked)).select("voter").distinct()
    found = ballots.filter(ballots.ballot.isin(alone)).select("ballot", "voter")
    return found.union(ballots.semi_join(voters, "voter").select("ballot", "voter"), distinct=True)


def refuse_baseless(appeals: Sequence[Appeal], rulings: ibis.Table, ballots: ibis.Table) -> None:
    """Refuse appeals about a ballot that no rule touched, and reinstatements that an upheld appeal contradicts.

    Raises
    ------
    RuleInvalid : with the line of the appeal.
    """
    if not appeals:
        return
    numbers = [appeal.ballot for appeal in appeals]
    touched = rulings.filter(rulings.ballot.isin(numbers)).select("ballot").distinct()
    ruled = {row["ballot"] for row in touched.to_pyarrow().to_pylist()}
    asked = ballots.filter(ballots.ballot.isin(numbers)).select("ballot", "voter")
    voter_of = {row["ballot"]: row["voter"] for row in asked.to_pyarrow().to_pylist()}
    whole = {voter_of.get(appeal.ballot): appeal for appeal in appeals if appeal.decision == VOTER}
    for appeal in appeals:
        if appeal.ballot not in ruled:
            raise _invalid(
                appeal.line,
                f"no purge rule touched the ballot of receipt {appeal.receipt!r}, leaf {appeal.ballot + 1}",
                "there is nothing to decide; remove the row, and tell the voter: plaudit audit SEASON --leaf "
                f"{appeal.ballot + 1}",
            )
        other = whole.get(voter_of[appeal.ballot])
        if other and other is not appeal:
            raise _invalid(
                appeal.line,
                f"receipt {appeal.receipt!r} is of the voter whom line {other.line} reinstates whole",
                "keep one of the two rows",
            )


def _rows(path: Path) -> list[tuple[int, str, str, str]]:
    if not path.is_file():
        return []
    found = []
    for line, row in csv_table(path, path.name, _COLUMNS):
        found.append((line, row["receipt"], row["decision"], row["why"]))
    return found


def _is_leaf(receipt: str) -> bool:
    return receipt.isascii() and receipt.isdigit()


def _leaf(season: Season, receipt: str, line: int) -> int:
    """Give the leaf that a receipt names, if it is of a ballot."""
    if not has_log(season):
        raise _invalid(line, "an appeal, and no ballot of this season is in a log", f"remove {APPEALS}")
    log = LogReader(FolderFiles(season.log))
    if not _is_leaf(receipt):
        return _proven_leaf(season, receipt, line, log)
    leaf = int(receipt) if len(receipt) < 19 else log.size  # as many digits as an int64 holds
    if not 0 < leaf < log.size - 1:
        raise _invalid(
            line,
            f"receipt {receipt} is not a ballot's leaf",
            f"give one from 1 to {log.size - 2}, or the path of a receipt's file",
        )
    return leaf


def _proven_leaf(season: Season, receipt: str, line: int, log: LogReader) -> int:
    """Give the leaf of a receipt's file, once the log's key and the log itself bear it out."""
    inside = PurePosixPath(receipt)
    if not receipt or inside.is_absolute() or ".." in inside.parts or "\\" in receipt:
        raise _invalid(line, f"receipt {receipt!r}", "give a leaf's index, or a path inside the season's folder")
    text = read_receipt(season.folder / inside)
    if not text:
        raise _invalid(line, f"no receipt in a file {receipt!r}", "put the voter's receipt there, as it was given")
    try:
        opened = open_receipt(text, read_log_key(season.log))
    except (ProofInvalid, SignatureInvalid, OutOfTurn) as error:
        raise _invalid(line, f"{receipt}: {error.what}", "an appeal needs a receipt of this vote") from None
    if not 0 < opened.leaf < log.size - 1 or log.entry(opened.leaf) != opened.record:
        raise _invalid(
            line,
            f"{receipt} is signed for another ballot than the log holds at leaf {opened.leaf}",
            "keep both, they are evidence of misconduct; see: plaudit verify RECEIPT --log SEASON",
        )
    return opened.leaf


def _invalid(line: int, what: str, remedy: str) -> RuleInvalid:
    return RuleInvalid(f"{APPEALS}, line {line}: {what}", remedy, file=APPEALS, line=line)
