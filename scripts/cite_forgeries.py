"""Name below each clause of docs/spec the forgeries that break it, as tests/forgeries says; `--check` compares alone.

Forgeries: `window-widened`, `winner-swapped`.
"""

from __future__ import annotations

import re
import sys
import textwrap
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPEC, LIES = ROOT / "docs" / "spec", ROOT / "tests" / "forgeries"
CLAUSE = re.compile(r"#+ (.+)$|(?:- )?\*\*(.+?)\.?\*\*")
WORD = "Forgeries: "


def cited() -> dict[Path, dict[str, list[str]]]:
    """Give the forgeries by page and clause."""
    found: dict[Path, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(LIES.glob("*/lie.toml")):
        page, _, clause = tomllib.loads(path.read_text("utf-8"))["breaks"].partition("#")
        found[SPEC / page][clause].append(path.parent.name)
    return found


def with_citations(text: str, by_clause: dict[str, list[str]]) -> str:
    """Give a page in which the paragraph of each clause, or the first one of its section, is followed by its line."""
    blocks = [block for block in text.rstrip("\n").split("\n\n") if not block.startswith(WORD)]
    made, waiting = [], ""
    for block in blocks:
        clause = CLAUSE.match(block)
        if clause:
            waiting = re.sub(r"[^a-z0-9]+", "-", (clause[1] or clause[2]).split("\n")[0].lower()).strip("-")
        made.append(block)
        is_prose = not block.startswith(("#", "    ", "|", "```"))
        if is_prose and waiting in by_clause:
            line = f"{WORD}{', '.join(f'`{name}`' for name in by_clause[waiting])}."
            made.append("\n".join(textwrap.wrap(line, 120, break_long_words=False, break_on_hyphens=False)))
            waiting = ""
    return "\n\n".join(made) + "\n"


def main() -> int:
    """Write the pages, or say which of them differ."""
    stale = []
    for page in sorted(SPEC.glob("*.md")):
        text = page.read_text("utf-8")
        right = with_citations(text, cited().get(page, {}))
        if right != text and "--check" in sys.argv:
            stale.append(page.name)
        elif right != text:
            page.write_text(right, "utf-8")
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run: python scripts/cite_forgeries.py\n")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
