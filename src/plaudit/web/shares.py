"""Who holds how much of something that is bounded: a network gets no more than what is still free.

    16 in all, one network asks      it gets 8: then as many are free as it holds
    and a second one                 gets 4, a third one 2

So one network never fills the house, nobody has to guess a figure that suits both
a household and a carrier, and somebody new finds room for as long as there is any.

References
----------
A. K. Choudhury, E. L. Hahne, Dynamic queue length thresholds, IEEE/ACM Transactions on Networking 6 (1998)
"""

from __future__ import annotations

from collections import Counter

__all__ = ["Shares"]


class Shares:
    """A number of places, and which networks hold them.

    Parameters
    ----------
    most : places in all

    Examples
    --------
    >>> shares = Shares(4)
    >>> [shares.take(b"one") for _ in range(3)]
    [True, True, False]
    >>> shares.take(b"two")
    True
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._held: Counter[bytes] = Counter()

    def is_free(self, network: bytes | None) -> bool:
        """Say whether a network may take a place; None asks for one that counts for no network."""
        free = self.most - self.taken
        return free > (0 if network is None else self._held[network])

    def take(self, network: bytes | None) -> bool:
        """Take a place, if the network may."""
        if not self.is_free(network):
            return False
        self.taken += 1
        if network is not None:
            self._held[network] += 1
        return True

    def give(self, network: bytes | None) -> None:
        """Give a place back."""
        self.taken -= 1
        if network is not None:
            self._held[network] -= 1
            if not self._held[network]:
                del self._held[network]
