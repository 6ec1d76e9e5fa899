"""Write down the digest of each new shipped rule; refuse a change to one that is published.

python scripts/freeze_rules.py            add new rules to published.toml
python scripts/freeze_rules.py --check    add nothing; new rules are refused too
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from plaudit.base.digests import file_sha256

FILES = Path(__file__).resolve().parents[1] / "src" / "plaudit" / "rulebook" / "files"


def main(arguments: list[str] | None = None, files: Path = FILES) -> int:
    """Freeze the rules below `files`; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing, and refuse rules without a digest")
    is_check = parser.parse_args(arguments).check
    register = files / "published.toml"
    text = register.read_text("utf-8") if register.is_file() else "[sha256]\n"
    published: dict[str, str] = tomllib.loads(text)["sha256"]
    shipped = {path.stem: file_sha256(path) for path in sorted(files.glob("**/*@*.toml"))}

    wrong = [f"{name} is published and gone; restore it" for name in published if name not in shipped]
    for name, digest in shipped.items():
        if name in published and published[name] != digest:
            wrong.append(f"{name} is published and changed; restore it and write the next version")
    new = [name for name in shipped if name not in published]
    if is_check:
        wrong += [f"{name} is not frozen; run: python scripts/freeze_rules.py" for name in new]
    if wrong:
        sys.stderr.write("".join(f"{line}\n" for line in wrong))
        return 1
    if new:
        added = "".join(f'"{name}" = "{shipped[name]}"\n' for name in new)
        register.write_text(f"{text.rstrip()}\n{added}", "utf-8")
        sys.stderr.write("".join(f"{name} is frozen\n" for name in new))
    return 0


if __name__ == "__main__":
    sys.exit(main())
