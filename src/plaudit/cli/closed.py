"""A finished season packed into one folder that needs nothing else to be verified but Python."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import plaudit
from plaudit.base.disk import refused
from plaudit.base.errors import OutOfTurn
from plaudit.base.version import version
from plaudit.certify.certificate import VERIFIER_KEY, read_verifier
from plaudit.rulebook.season import read_season
from plaudit.verify.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.verify.verified import Verified

__all__ = ["close", "own_verifier"]

_KEPT_BACK: Final = frozenset({"keys", "vote"})
_README: Final = """\
# {title}, {edition}: closed

    python verifier/verify.py season --key '{key}'

That is the second verifier. It needs Python 3.11 or later with pyarrow and cryptography, and neither a network nor the
time of day. It makes the certificate's statement once more, from what lies in `season/`.

    pip install plaudit=={version}
    plaudit verify season

That is the first one; it computes every table again.

Compare the key above with the one that the signer published elsewhere: whoever gave you this folder could have written
both.

`season/` is the whole season but for its keys and for `vote/`, which hold secrets. If its sources' terms do not allow
their rows to be published (`[source.terms]` in `season/season.toml`), this folder is for those who may have them.
"""


def own_verifier() -> Path:
    """Give where the second verifier lies beside this package, if it was not installed without it."""
    return Path(plaudit.__file__).parents[2] / "verifier"


def close(season: Path, to: Path, verifier: Path, on_progress: Callable[[str, int], None]) -> Verified:
    """Copy a certified season, with the second verifier and a page that says how to verify; verify the copy.

    Raises
    ------
    OutOfTurn : the season has no certificate, there is something in the place of the copy, or no verifier.
    SignatureInvalid, DigestMismatch, ProofInvalid : the copy does not verify; then it is not there.
    """
    if not (season / "published" / "certificate.note").is_file():
        raise OutOfTurn("the season has no certificate", f"certify first: plaudit run {season.name}")
    if not (verifier / "verify.py").is_file():
        raise OutOfTurn(
            f"no second verifier in {verifier}", "give the folder verifier/ of Plaudit's source: --verifier FOLDER"
        )
    if to.exists():
        raise OutOfTurn(f"{to} exists", "choose another place: --to FOLDER")
    part = to.resolve().with_name(f".{to.resolve().name}.part")  # so that all of it is there or nothing
    shutil.rmtree(part, ignore_errors=True)
    try:
        shutil.copytree(season, part / "season", ignore=_left_out(season))
        (part / "verifier").mkdir()
        for path in sorted(verifier.glob("*.py")):
            shutil.copyfile(path, part / "verifier" / path.name)
        found = verify(part / "season", on_progress=on_progress)
        of = read_season(season)
        key = read_verifier(season / "published" / VERIFIER_KEY)
        text = _README.format(title=of.title, edition=of.edition, key=key, version=version())
        (part / "README.md").write_bytes(text.encode())
        part.rename(to)
    except OSError as error:
        raise refused(error, to) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return found


def _left_out(season: Path) -> Callable[[str, list[str]], set[str]]:
    """Leave out secrets, and what a change that is under way has there."""

    def ignore(folder: str, names: list[str]) -> set[str]:
        is_top = Path(folder) == season
        return {
            name for name in names if is_top and (name in _KEPT_BACK or name in {".lock", ".made", ".making", ".part"})
        }

    return ignore
