"""plaudit verify: trust nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit.base.numbers import counted
from plaudit.base.weeks import instant_text
from plaudit.certify.certificate import CERTIFICATE
from plaudit.certify.limits import KNOWN
from plaudit.chart.standing import Standing
from plaudit.cli.output import AsJson, print_json, progress, tell
from plaudit.ledger.note import Verifier
from plaudit.verify.receipt import log_at, verify_receipt
from plaudit.verify.releases import has_releases
from plaudit.verify.verified import Verified
from plaudit.verify.verify import verify as verify_folder
from plaudit.verify.verify import verify_releases
from plaudit.vote.receipt import read_receipt
from plaudit.words.message import Ppm
from plaudit.words.sentence import told as cited_told
from plaudit.words.words import SOURCE_LANGUAGE, words_of

__all__ = ["add_to", "told"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit verify examples/top-social-artist-2018")(verify)


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|CERTIFICATE|RECEIPT", help="A season's folder, its certificate, or a voter's receipt."
        ),
    ],
    key: Annotated[str, typer.Option(help="The signer's verifier key, obtained elsewhere.")] = "",
    log: Annotated[
        str, typer.Option(metavar="SEASON|FOLDER|URL", help="The published log in which to look up a receipt.")
    ] = "",
    pages: Annotated[bool, typer.Option("--pages", help="Render the pages again and compare them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check signature and digests, and recompute everything offline. The first difference is named.

    A receipt is checked for its signature and its place, and with --log against the published log.
    """
    verifier = Verifier.parse(key) if key else None
    if receipt := read_receipt(path):
        _print_receipt(receipt, verifier, log, as_json)
        return
    if path.is_dir() and has_releases(path) and not (path / "published" / CERTIFICATE).is_file():
        _verify_releases(path, verifier, as_json)
        return
    with progress("verify") as on_progress:
        found = verify_folder(path, verifier, pages=pages, on_progress=on_progress)
    if as_json:
        stated = found.certificate.statement.get("not_checked", [])
        verdict = {"verified": found.is_recomputed, "signed": True, "checked": found.checked}
        print_json({**verdict, "unchecked": found.unchecked, "not_checked": stated})
        return
    _tell(found.checked, found.unchecked)
    kind = found.certificate.statement["evidence"]["kind"]
    label = "" if kind == "real" else f" ({kind})"
    typer.echo(f"verified{label}" if found.is_recomputed else f"signature verified, nothing recomputed{label}")
    for line in told(found.certificate.statement):
        typer.echo(line)
    _print_unchecked(found)


def _verify_releases(path: Path, verifier: Verifier | None, as_json: bool) -> None:
    """Check the released weeks of a season that has no certificate yet."""
    with progress("verify") as on_progress:
        latest, checked, unchecked = verify_releases(path, verifier, on_progress=on_progress)
    if as_json:
        print_json({"verified": True, "signed": True, "checked": checked, "unchecked": unchecked})
        return
    _tell(checked, unchecked)
    typer.echo("released weeks verified; nothing is certified yet")
    for chart, weeks in sorted(latest.items()):
        last = weeks[max(weeks)]
        best = sorted(artist for artist, one in last.standings.items() if _is_no_1(one, last.stated["charts"]))
        typer.echo(f"no. 1 of {chart} in the last week, that of {last.week}: {', '.join(best) or 'nobody'}")


def _is_no_1(one: Standing, charts: int) -> bool:
    return (one.position, one.chart) == (1, charts)


def told(stated: dict[str, Any]) -> list[str]:
    """Say who won, with how many of how many votes, or who is at no. 1 where there is no vote."""
    names = {row["nominee"]: row["name"] for row in stated.get("nominees", [])}
    if "result" not in stated:
        return [line for chart in stated.get("charts", []) for line in _led(chart)]
    result = stated["result"]
    winners = result["winners"]
    cast, tallied = (sum(row[f"votes_{column}"] for row in result["totals"]) for column in ("cast", "counted"))
    votes = f"{tallied:,} of the {counted(cast, 'vote')} cast were counted"
    if not winners:
        return [f"nobody won; {votes}"]
    best = next(row["value"] for row in result["positions"] if row["nominee"] == winners[0])
    share = (
        words_of(SOURCE_LANGUAGE).plain(Ppm(best)) + " of the result"
        if result["unit"] == "ppm"
        else counted(best, result["unit"].rstrip("s"))
    )
    who = " and ".join(names.get(winner, winner) for winner in winners)
    won = "won" if stated["evidence"]["kind"] == "real" else "came first"  # made-up votes give nobody a title
    return [f"{who} {won} with {share}{' each' if len(winners) > 1 else ''}; {votes}"]


def _led(chart: dict[str, Any]) -> list[str]:
    weeks = [week for week in chart["weeks"] if week["no_1"]]
    if not weeks:
        return []
    return [f"no. 1 of {chart['rule']} in the last week, that of {weeks[-1]['week']}: {', '.join(weeks[-1]['no_1'])}"]


def _print_unchecked(found: Verified) -> None:
    """End with what no check of files can show, as the certificate states it; the first version stated none of it."""
    stated = found.certificate.statement.get("not_checked", [])
    beyond = [words_of(SOURCE_LANGUAGE).plain(value) for value in cited_told(stated, KNOWN)]
    named = [f"What is named above: {counted(len(found.unchecked), 'thing')}"] if found.unchecked else []
    typer.echo("not checked:")
    for line in [*(beyond or ["Whether the sources tell the truth."]), *named]:
        typer.echo(f"  – {line}")


def _print_receipt(receipt: str, verifier: Verifier | None, log: str, as_json: bool) -> None:
    found = verify_receipt(receipt, verifier, log_at(log) if log else None)
    if as_json:
        print_json(
            {
                "verified": True,
                "leaf": found.leaf,
                "ballot": found.ballot,
                "checked": found.checked,
                "unchecked": found.unchecked,
            }
        )
        return
    _tell(found.checked, found.unchecked)
    typer.echo(f"receipt verified: leaf {found.leaf}")
    for name, value in found.ballot.items():
        shown = f"{value} ({instant_text(value)})" if name.endswith("_at") and isinstance(value, int) else value
        typer.echo(f"  {name}: {shown}")


def _tell(checked: list[str], unchecked: list[str]) -> None:
    for line in checked:
        tell(f"  ✓ {line}")
    for line in unchecked:
        tell(f"  – not checked: {line}")
