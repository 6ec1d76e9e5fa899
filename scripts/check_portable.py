"""Check that what `pip install plaudit` brings can collect, count and verify where there is no POSIX.

    python scripts/check_portable.py              imports every module, then init, run and verify
    python scripts/check_portable.py --imports    imports every module

What Windows lacks, and what the extras bring, cannot be imported here, as on a bare Windows. Files are locked by
`msvcrt`, or here by what stands in for it. A file that is opened in the machine's own encoding is an error too.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
import time
import types
import warnings
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import TYPE_CHECKING

from plaudit.base.extras import EXTRAS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
POSIX = frozenset({"fcntl", "grp", "posix_ipc", "pwd", "resource", "termios", "tty", "uvloop"})
OF_EXTRAS = (
    "plaudit.archive.warc",
    "plaudit.fetch",
    "plaudit.frame",
    "plaudit.site",
    "plaudit.store.spark",
    "plaudit.web",
)
"""Rooms and modules that only an extra needs."""


class Missing:
    """Finds nothing for some modules, as if they were not installed."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Refuse the modules that are to be missing."""
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def of_extras() -> frozenset[str]:
    """Give the modules of the packages that are required by extras alone."""
    wanted = [(line, line_name[0].lower()) for line in requires("plaudit") or () if (line_name := _NAME.match(line))]
    plain = {name for line, name in wanted if "extra ==" not in line} | {"plaudit"}
    extra = {name for line, name in wanted if "extra ==" in line} - plain
    return frozenset(
        module
        for module, found in packages_distributions().items()
        if {one.lower() for one in found} <= extra and not module.startswith("_")
    )


def block(names: frozenset[str]) -> None:
    """Let the modules be missing from now on, and the standard library's lock of Windows be there."""
    sys.meta_path.insert(0, Missing(names))
    for name in [name for name in sys.modules if name.partition(".")[0] in names]:
        del sys.modules[name]
    if "msvcrt" not in sys.modules and os.name == "posix":
        sys.modules["msvcrt"] = stand_in()


def stand_in() -> types.ModuleType:
    """Give a module that locks bytes of a file as Windows does, as far as we ask for it."""
    made = types.ModuleType("msvcrt")
    made.LK_NBLCK = 2  # type: ignore[attr-defined]
    made.locking = lambda handle, _mode, length: os.lockf(handle, os.F_TLOCK, length)  # type: ignore[attr-defined]
    return made


def import_all() -> list[str]:
    """Import every module that no extra is for; give their names."""
    import plaudit  # noqa: PLC0415 - once the others are missing

    found = [module.name for module in pkgutil.walk_packages(plaudit.__path__, "plaudit.", onerror=lambda _name: None)]
    names = [name for name in found if not name.startswith(OF_EXTRAS)]
    for name in names:
        importlib.import_module(name)
    return names


def walk(folder: Path) -> None:
    """Make a small season, run it and verify it, as somebody would who has nothing else installed."""
    from plaudit.cli.main import main as plaudit  # noqa: PLC0415

    for words in (["init", str(folder)], ["run", str(folder)], ["verify", str(folder)]):
        sys.argv = ["plaudit", *words]
        try:
            plaudit()
        except SystemExit as end:
            if end.code:
                raise


def main(argv: Sequence[str] | None = None) -> None:
    """Run the check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--imports", action="store_true", help="import every module, and no more")
    options = parser.parse_args(argv)
    since = time.monotonic()
    warnings.filterwarnings("error", category=EncodingWarning, module="plaudit")
    blocked = POSIX | of_extras()
    block(blocked)
    names = import_all()
    if not options.imports:
        with tempfile.TemporaryDirectory(prefix="plaudit-portable-") as scratch:
            walk(Path(scratch) / "my-award")
    used = sorted(blocked & {name.partition(".")[0] for name in sys.modules})
    assert not used, f"imported in spite of that: {used}"
    told = ", ".join(sorted(POSIX.union(*EXTRAS.values())))
    print(f"{len(names)} modules in {time.monotonic() - since:.1f} s, without {told} and the tools of development")  # noqa: T201


if __name__ == "__main__":
    if not sys.flags.warn_default_encoding:
        again = [sys.executable, "-X", "warn_default_encoding", *sys.argv]
        sys.exit(subprocess.run(again, check=False).returncode)  # noqa: S603 - this program
    main()
