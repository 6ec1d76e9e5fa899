"""Cut the fonts of the pages from their npm packages; run once, and again when the catalogue has new letters.

    npm pack @fontsource-variable/archivo@5.3.0 pretendard@1.3.9
    uv run --with fonttools --with brotli scripts/subset_fonts.py FOLDER-OF-THE-TWO-TGZ

Archivo, for names and numerals, is one cut of the variable font: heavy and narrow. Pretendard, for text, keeps its
weights from 400 to 700; Latin is one file, and the syllables that the catalogue and the examples use are another.
Other syllables are left to the reader's machine. Both fonts are under the SIL Open Font License; it lies beside them.
"""

from __future__ import annotations

import io
import re
import sys
import tarfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "src" / "plaudit" / "frame" / "assets"
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "‐–—‘’“”•…→←↑↓▲▼✓☆★₩€−×")]
ARCHIVO, PRETENDARD = "fontsource-variable-archivo-*.tgz", "pretendard-*.tgz"


def main(folder: Path) -> None:
    """Write the three files and their licences."""
    archivo, pretendard = (next(folder.glob(pattern)) for pattern in (ARCHIVO, PRETENDARD))
    display = _font(archivo, "files/archivo-latin-wdth-normal.woff2")
    extended = _font(archivo, "files/archivo-latin-ext-wdth-normal.woff2")
    for font, name in ((display, "archivo.woff2"), (extended, "archivo-ext.woff2")):
        _write(instantiateVariableFont(font, {"wght": 780, "wdth": 84}), LATIN, name)
    for letters, name in ((LATIN, "pretendard.woff2"), (_hangul(), "pretendard-hangul.woff2")):
        text = _font(pretendard, "dist/web/variable/woff2/PretendardVariable.woff2")
        _write(instantiateVariableFont(text, {"wght": (400, 700)}), letters, name)
    for package, member, name in (
        (archivo, "LICENSE", "archivo-OFL.txt"),
        (pretendard, "dist/LICENSE.txt", "pretendard-OFL.txt"),
    ):
        (FONTS / name).write_bytes(_member(package, member))


def _hangul() -> list[int]:
    """Give the syllables of the catalogue and of the examples' names."""
    texts = [*ROOT.glob("src/plaudit/**/*.po"), *ROOT.glob("examples/*/*.toml")]
    found = {letter for path in texts for letter in re.findall("[가-힣]", path.read_text("utf-8"))}
    return sorted(map(ord, found))


def _member(package: Path, member: str) -> bytes:
    with tarfile.open(package) as files:
        found = files.extractfile(f"package/{member}")
        assert found is not None
        return found.read()


def _font(package: Path, member: str) -> TTFont:
    return TTFont(io.BytesIO(_member(package, member)))


def _write(font: TTFont, letters: list[int], name: str) -> None:
    options = subset.Options()
    options.flavor, options.layout_features, options.hinting = "woff2", ["kern", "liga", "tnum", "ccmp", "mark"], False
    options.name_IDs, options.notdef_outline = [0, 1, 2, 3, 4, 5, 6, 13, 14], True
    cut = subset.Subsetter(options)
    cut.populate(unicodes=letters)
    cut.subset(font)
    font.flavor = "woff2"
    font.recalcTimestamp = False
    font.save(FONTS / name)
    sys.stdout.write(f"{name}: {(FONTS / name).stat().st_size:,} bytes, {len(font.getBestCmap()):,} letters\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
