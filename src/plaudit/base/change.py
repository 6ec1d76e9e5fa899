"""A season's folder as it is changed: file by file where it lies, or all at once.

    with Change(folder, "plaudit run") as change:
        change.write("published/certificate.md", data)      made in SEASON/.making, beside what is there
    …                                                       whole: it is called .made, and takes its place

What is raised inside leaves the folder as it was. Files take their places by
renaming, so a full disk cannot stop half of them; whoever is stopped in between
leaves the folder .made, and the next change puts it in place first.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from itertools import islice
from typing import TYPE_CHECKING, Final

from plaudit.base.disk import refused, sync
from plaudit.base.errors import FileRefused, OutOfTurn
from plaudit.base.lock import hold, let_go

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

__all__ = ["MADE", "Change", "InPlace", "Look", "write_whole"]

MADE: Final = ".made"
"""The folder of a change that is whole and not yet in place."""
_MAKING: Final = ".making"
_LOCK: Final = ".lock"
_PLAN: Final = ".plan"
_BEFORE: Final = ".before"
_SYNCED_ONE_BY_ONE: Final = 64


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file, which appears under its name once it is whole.

    Raises
    ------
    FileRefused : it cannot be written; nothing is left of it.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError as error:
        if part.exists():
            part.unlink()
        raise refused(error, path) from error


class InPlace:
    """A folder whose files are changed one by one, each whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def apart(self) -> Path:
        """The folder to write below."""
        return self.folder

    def found(self, name: str) -> Path:
        """Give where a file is read from, as it will be after the change."""
        return self.folder / name

    def write(self, name: str, data: bytes, mode: int = 0o666) -> None:
        """Write a file by its path below the folder."""
        write_whole(self.apart / name, data, mode)

    def remove(self, name: str) -> None:
        """Remove a file or a folder, where it is there; folders that it leaves empty go with it."""
        _remove(self.folder / name)
        _remove_empty_above(self.folder, self.folder / name)

    def below(self, name: str) -> InPlace:
        """Give one of its folders, to be changed in the same way."""
        return InPlace(self.folder / name)


class Change(InPlace):
    """A change that is made apart, and put in place at once; one process changes a folder at a time.

    Parameters
    ----------
    does : what whoever comes second reads of the holder

    Raises
    ------
    OutOfTurn : another process changes the folder; names it.
    FileRefused : the folder cannot be written.
    """

    keeps: bool = True
    """Whether what is made will be put in place."""

    def __init__(self, folder: Path, does: str) -> None:
        super().__init__(folder)
        self._does = does
        self._handle = -1
        self._gone: set[str] = set()

    @property
    def apart(self) -> Path:
        """The folder to write below, which is the season's in small."""
        return self.folder / _MAKING

    def found(self, name: str) -> Path:
        """Give where a file is read from, as it will be after the change."""
        fresh = self.apart / name
        return fresh if fresh.exists() or name in self._gone else self.folder / name

    def remove(self, name: str) -> None:
        """Let a file or a folder be gone, unless it is made anew."""
        _remove(self.apart / name)
        self._gone.add(name)

    def below(self, name: str) -> InPlace:
        """Give one of its folders, to be changed with it."""
        return _Below(self, name)

    def __enter__(self) -> Self:
        self._take_lock()
        try:
            _remove(self.apart)
            self._finish_earlier()
        except OSError as error:
            self._release()
            raise refused(error, self.folder) from error
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._keep()
        finally:
            shutil.rmtree(self.apart, ignore_errors=True)
            self._release()

    def _keep(self) -> None:
        """Make the change whole, on the disk too, and put it in place."""
        try:
            if not self.apart.is_dir():
                if not self._gone:
                    return
                self.apart.mkdir()
            plan = self._plan()
            _refuse_unwritable(self.folder, [*plan["goes"], *plan["comes"]])
            (self.apart / ".gitignore").write_bytes(b"*\n")
            (self.apart / _PLAN).write_bytes(json.dumps(plan).encode())
            _settle(self.apart)
            self.apart.rename(self.folder / MADE)
            sync(self.folder)
        except OSError as error:
            raise refused(error, self.folder) from error
        try:
            self._finish_earlier()
        except KeyboardInterrupt:
            self._finish_earlier()
            raise
        except OSError as error:
            what = refused(error, self.folder).what
            raise FileRefused(
                f"{what}; the new files are complete in {self.folder / MADE} and not yet in place",
                "fix that, then run the same command again: it goes on from there",
            ) from error

    def _plan(self) -> dict[str, list[str]]:
        """Give what goes, and what takes its place: whole folders, and files one by one."""
        again = {name for name in self._gone if (self.apart / name).exists()}
        comes = [path.relative_to(self.apart).as_posix() for path in _made_below(self.apart, self.apart, again)]
        return {"goes": sorted(self._gone - again), "comes": comes}

    def _finish_earlier(self) -> None:
        """Put in place what is whole; whoever does it again goes on where it stopped."""
        made = self.folder / MADE
        if not made.is_dir():
            return
        plan: dict[str, list[str]] = json.loads((made / _PLAN).read_text("utf-8"))
        before = made / _BEFORE
        before.mkdir(exist_ok=True)
        for name in plan["goes"]:
            _move_away(self.folder / name, before)
            _remove_empty_above(self.folder, self.folder / name)
        for name in plan["comes"]:
            old, new = self.folder / name, made / name
            if new.exists():
                if old.is_dir():
                    _move_away(old, before)
                _parent_like(old, new)
                new.replace(old)
        sync(self.folder)
        made.rename(self.folder / _MAKING)  # nothing of it is needed any more
        shutil.rmtree(self.folder / _MAKING, ignore_errors=True)

    def _take_lock(self) -> None:
        path = self.folder / _LOCK
        while True:
            try:
                handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as error:
                raise refused(error, self.folder) from error
            try:
                is_free = hold(handle)
            except OSError as error:
                os.close(handle)
                raise refused(error, path) from error
            if not is_free:
                holder = os.read(handle, 200).decode("utf-8", "replace") or "another process"
                os.close(handle)
                raise OutOfTurn(
                    f"{holder} is at work in {self.folder}", "wait until it has ended, then try again", holder=holder
                )
            if path.exists() and os.fstat(handle).st_ino == path.stat().st_ino:
                break
            os.close(handle)  # whoever had it took the file away
        self._handle = handle
        try:
            os.ftruncate(handle, 0)
            os.write(handle, f"{self._does} (process {os.getpid()})".encode())
        except OSError:
            pass  # the lock holds without its name, which a full disk may refuse

    def _release(self) -> None:
        if self._handle >= 0:
            let_go(self._handle, self.folder / _LOCK)
            self._handle = -1


class Look(Change):
    """A change that is never put in place: to see what it would make, of a folder that cannot be written.

    Parameters
    ----------
    scratch : a folder of its own, removed by whoever made it
    """

    keeps = False

    def __init__(self, folder: Path, scratch: Path) -> None:
        super().__init__(folder, "")
        self._scratch = scratch

    @property
    def apart(self) -> Path:
        """The folder to write below."""
        return self._scratch

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave everything as it was."""


class _Below(InPlace):
    """A folder below one that is being changed."""

    def __init__(self, change: Change, name: str) -> None:
        super().__init__(change.folder / name)
        self._change, self._name = change, name

    @property
    def apart(self) -> Path:
        return self._change.apart / self._name

    def found(self, name: str) -> Path:
        return self._change.found(f"{self._name}/{name}")

    def write(self, name: str, data: bytes, mode: int = 0o666) -> None:
        self._change.write(f"{self._name}/{name}", data, mode)

    def remove(self, name: str) -> None:
        self._change.remove(f"{self._name}/{name}")

    def below(self, name: str) -> InPlace:
        return _Below(self._change, f"{self._name}/{name}")


def _made_below(path: Path, folder: Path, whole: set[str]) -> Iterator[Path]:
    """Give the files of a change, and the folders that take a place whole."""
    for inner in sorted(path.iterdir()):
        if inner.name.startswith("."):
            continue
        if inner.is_dir() and inner.relative_to(folder).as_posix() not in whole:
            yield from _made_below(inner, folder, whole)
        else:
            yield inner


def _move_away(old: Path, before: Path) -> None:
    if old.exists() or old.is_symlink():
        old.rename(before / str(len(list(before.iterdir()))))


def _parent_like(old: Path, new: Path) -> None:
    """Make the folder that a file goes into, with the rights of the one it was made in."""
    if not old.parent.is_dir():
        _parent_like(old.parent, new.parent)
        old.parent.mkdir(mode=new.parent.stat().st_mode & 0o777, exist_ok=True)


def _remove_empty_above(folder: Path, path: Path) -> None:
    """Remove the folders that a file left empty, but not the one that is changed."""
    parent = path.parent
    while parent != folder and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _refuse_unwritable(folder: Path, names: Iterable[str]) -> None:
    """Refuse a change that renaming could not end, before any of it is in place."""
    for parent in {(folder / name).parent for name in names}:
        place = next(one for one in (parent, *parent.parents) if one.exists())
        if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))


def _settle(folder: Path) -> None:
    """Return when what was made would outlive a power cut; many files are synced with the whole system."""
    paths = list(islice((path for path in folder.rglob("*") if path.is_file()), _SYNCED_ONE_BY_ONE + 1))
    if len(paths) > _SYNCED_ONE_BY_ONE and hasattr(os, "sync"):
        os.sync()
        return
    for path in (*paths, *{path.parent for path in paths}):
        sync(path)
