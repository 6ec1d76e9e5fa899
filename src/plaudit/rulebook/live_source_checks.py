"""What a live source cannot be: of no platform, for what it does not offer, about nobody's accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant
from plaudit.platforms.registry import platform
from plaudit.rulebook.live_source import FRAMES, seconds_of

if TYPE_CHECKING:
    from plaudit.rulebook.artists import Artists
    from plaudit.rulebook.live_source import Fetch
    from plaudit.rulebook.sources import Source
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["check_accounts", "check_live_source"]

_DAY: Final = 86_400
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_SERVER: Final = re.compile(r"https://[^\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?")
_STREAM: Final = re.compile(r"wss://[^\s]+|ws://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?")
_LOG: Final = "log"


def check_live_source(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a live source that says what only files have, or asks for what its platform does not offer.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    if source.kind == "ballots" and source.is_live:
        _check_followed(source, file, place)
    elif (source.kind == "live") != source.is_live:
        told = "has no [source.fetch]" if source.kind == "live" else f"is {source.kind} and has [source.fetch]"
        raise file.invalid((*place, "kind"), f"the source {told}", 'a live source has kind = "live" and [source.fetch]')
    if source.fetch is None:
        if not source.files:
            raise file.invalid(place, "a source needs files", 'add, as in: files = "data/youtube/*.csv"')
        return
    for key in ("files", "columns", "metrics", "constants", "formats", "unless", "where", "replace", "lookup"):
        if getattr(source, key) and not (key == "constants" and source.is_followed):
            raise file.invalid((*place, key), f"a live source has no {key}", f"remove {key}")
    if not _ID.fullmatch(source.id) or source.id == _LOG:
        raise file.invalid(
            (*place, "id"), f"{source.id!r} cannot name a folder", "use lower case, digits and hyphens, and not log"
        )
    _check_fetch(source.fetch, source.platform, file, place)


def _check_fetch(wanted: Fetch, name: str, file: TomlFile, place: Place) -> None:
    try:
        offers = platform(name).offers
    except UnknownName as error:
        raise file.invalid((*place, "platform"), error.what, error.remedy) from None
    place = (*place, "fetch")
    for one in wanted.what:
        if one not in offers:
            legal = sorted(offers)
            remedy = meant(one, legal, f"use one of: {', '.join(legal)}")
            raise file.invalid((*place, "what"), f"{name} does not offer {one!r}", remedy)
    seconds = seconds_of(wanted.every)
    if not seconds or (_DAY % seconds and seconds % _DAY):
        raise file.invalid(
            (*place, "every"), f"{wanted.every!r} does not divide a day", "use, as in: 15m, 1h, 6h, 1d or 7d"
        )
    form, scheme = (_STREAM, "a wss") if FRAMES in wanted.what else (_SERVER, "an https")
    if wanted.server and not form.fullmatch(wanted.server):
        raise file.invalid((*place, "server"), f"{wanted.server!r} is not {scheme} address", "give the server's")
    if wanted.directory and not _SERVER.fullmatch(wanted.directory):
        what = f"{wanted.directory!r} is not an https address"
        raise file.invalid((*place, "directory"), what, "give the directory's")


def _check_followed(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse ballots from a platform that come without their authors' signatures, or say more than those sign."""
    assert source.fetch is not None
    if source.fetch.what != (FRAMES,) or source.fetch.accounts or source.fetch.tags:
        raise file.invalid(
            (*place, "fetch"), "ballots come from signed posts alone", f'use: what = ["{FRAMES}"], no accounts, no tags'
        )
    if set(source.constants) != {"channel"} or source.grain or source.same_rows:
        raise file.invalid(
            place, "posts that are followed say all but their channel", 'add: constants = { channel = "post" }'
        )


def check_accounts(source: Source, artists: Artists, file: TomlFile, place: Place) -> None:
    """Refuse a live source whose accounts are nobody's, or that has none.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    if source.fetch is None:
        return
    if source.is_followed:
        if not artists.tags():
            raise file.invalid((*place, "fetch"), "artists.toml has no official tag", 'add, as in: tags = ["ForAnn"]')
        return
    owned = {account for of, account in artists.owners() if of == source.platform}
    for account in source.fetch.accounts:
        if account not in owned:
            remedy = meant(account, owned, "add it to artists.toml")
            what = f"no artist and no label has the {source.platform} account {account!r}"
            raise file.invalid((*place, "fetch", "accounts"), what, remedy)
    if not owned and not source.fetch.tags:
        raise file.invalid(
            (*place, "fetch"), f"artists.toml has no {source.platform} account", "add accounts, or ask for tags"
        )
