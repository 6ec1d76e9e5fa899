"""What is good for one use, remembered until it would end by itself."""

from __future__ import annotations

from plaudit.base.errors import VoteUnavailable

__all__ = ["Once"]

_MOST = 500_000


class Once:
    """What was used, until it ends.

    Parameters
    ----------
    most : remembered at once; beyond that nothing more is taken until some of it ends

    Examples
    --------
    >>> once = Once()
    >>> once.use(b"trip", ends_at=600, now=0), once.use(b"trip", ends_at=600, now=1)
    (True, False)
    """

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._used: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._used)

    def __contains__(self, name: bytes) -> bool:
        return name in self._used

    def use(self, name: bytes, *, ends_at: int, now: int) -> bool:
        """Use something that ends at an instant, and say whether that was the first time.

        Raises
        ------
        VoteUnavailable : too much was used within its time to remember one more.
        """
        if name in self._used:
            return False
        if len(self._used) >= self._most:
            self._used = {used: until for used, until in self._used.items() if until > now}
        if len(self._used) >= self._most:
            raise VoteUnavailable(f"{self._most:,} sign-ins came at once", "try again in a minute", retry_after=60)
        self._used[name] = ends_at
        return True
