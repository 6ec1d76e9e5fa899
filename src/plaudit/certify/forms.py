"""The forms that texts and numbers of a certificate have: digests, instants, names of rules."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

__all__ = [
    "END",
    "Base64Hash",
    "Citation",
    "Code",
    "Count",
    "Day",
    "FileName",
    "Hex",
    "Id",
    "Instant",
    "Key",
    "Language",
    "Number",
    "Origin",
    "Place",
    "Said",
    "Text",
    "Version",
    "Word",
]

END: Final = r"$(?!\n)"
"""The end of a pattern: Python lets its `$` stand before a last newline, too; other languages do not."""
_MOST: Final = 2**53 - 1
"""RFC 8785 writes no greater number."""
_LONG: Final = 100_000
_DATE: Final = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

Number = Annotated[int, Meta(ge=-_MOST, le=_MOST)]
Count = Annotated[int, Meta(ge=0, le=_MOST)]
Place = Annotated[int, Meta(ge=1, le=_MOST)]
"""A position; 1 is the top."""
Text = Annotated[str, Meta(min_length=1, max_length=_LONG)]
"""A text that says something."""
Said = Annotated[str, Meta(max_length=_LONG)]
"""A text that may say nothing."""
Id = Annotated[str, Meta(min_length=1, max_length=_LONG)]
"""What data call an artist, a nominee, a channel or a source: compared as it stands."""
Word = Annotated[str, Meta(pattern=f"^[a-z0-9][a-z0-9_-]*{END}", max_length=100)]
"""A name of ours: of a check, of a value."""
Code = Annotated[str, Meta(pattern=rf"^[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*{END}", max_length=100)]
Citation = Annotated[str, Meta(pattern=f"^[a-z0-9][a-z0-9-]*@[1-9][0-9]*{END}", max_length=200)]
"""A rule's id@version."""
Hex = Annotated[str, Meta(pattern=f"^[0-9a-f]{{64}}{END}")]
"""SHA-256 in hexadecimal, or 32 random bytes."""
Base64Hash = Annotated[str, Meta(pattern=f"^[A-Za-z0-9+/]{{42}}[AEIMQUYcgkosw048]={END}")]
"""SHA-256 in base64, in its one canonical form."""
Day = Annotated[str, Meta(pattern=f"^{_DATE}{END}")]
Instant = Annotated[str, Meta(pattern=rf"^{_DATE}T{_TIME}(\.[0-9]{{6}})?Z{END}")]
"""RFC 3339, UTC, to the second or the microsecond."""
FileName = Annotated[
    str, Meta(pattern=rf"^(?![A-Za-z]:)(?!.*(^|/)[.]{{0,2}}(/|$))[^\\\x00-\x1f\x7f]+{END}", max_length=1_024)
]
"""A file of the season, by its path in it: see `base.file_names.no_path`, which tells what is wrong with one."""
Origin = Annotated[str, Meta(pattern=rf"^[^\s+\x00-\x1f\x7f]+{END}", max_length=1_000)]
"""What can name a key."""
Key = Annotated[str, Meta(pattern=rf"^[^\s+\x00-\x1f\x7f]+\+[0-9a-f]{{8}}\+[A-Za-z0-9+/]{{44}}{END}", max_length=1_100)]
"""A verifier key, as C2SP signed-note writes it."""
Language = Annotated[str, Meta(pattern=f"^[A-Za-z]{{2,8}}(-[A-Za-z0-9]{{1,8}})*{END}", max_length=100)]
"""A tag as BCP 47 writes it."""
Version = Annotated[str, Meta(pattern=f"^[0-9][0-9A-Za-z.+!-]*{END}", max_length=64)]
