"""Errors, sorted by who must act.

PlauditError
├── AskError            the caller asked for something that is not there      exit 2
│   ├── UnknownName         no artist, source, rule or file of that name
│   └── OutOfTurn           a step was asked for before the one it stands on
├── RuleError           a rule or season file must be mended                  exit 3
│   ├── RuleInvalid         unknown key, wrong type, missing reference
│   ├── RuleFrozen          a cited rule file was changed
│   └── TieUnresolved       the rule leaves a tie undecided
├── SourceError         what a platform or file said cannot be used           exit 4
│   ├── SourceUnavailable   the file or service is not there
│   ├── SourceRefused       rows were set aside and the run is strict
│   └── SourceChanged       its shape is not the declared one
├── BallotRejected      the voter must be told                                exit 5
└── EvidenceError       stop: something does not add up                       exit 6
    ├── DigestMismatch      bytes differ from those that were certified
    ├── ProofInvalid        a recomputed value differs from the stated one
    └── SignatureInvalid    the signature is not of that key over those bytes
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AskError",
    "BallotRejected",
    "DigestMismatch",
    "EvidenceError",
    "OutOfTurn",
    "PlauditError",
    "ProofInvalid",
    "RuleError",
    "RuleFrozen",
    "RuleInvalid",
    "SignatureInvalid",
    "SourceChanged",
    "SourceError",
    "SourceRefused",
    "SourceUnavailable",
    "TieUnresolved",
    "UnknownName",
]


class PlauditError(Exception):
    """Say what is wrong, with which values, and what to do.

    Parameters
    ----------
    what : one sentence that names the fact and its values
    remedy : what the reader does next
    values : the values in the sentence, for programs

    Examples
    --------
    >>> error = UnknownName("no rule 'bbma@9'", "choose one of: bbma-2018@1", rule="bbma@9")
    >>> print(error)
    no rule 'bbma@9'; choose one of: bbma-2018@1
    >>> error.problem()["rule"]
    'bbma@9'
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, remedy: str, **values: object) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy
        self.values = values

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}"

    def problem(self) -> dict[str, object]:
        """Give the error as an RFC 9457 problem object."""
        return {
            "type": f"https://plaudit.dev/problems/{type(self).__name__}",
            "title": type(self).__name__,
            "detail": self.what,
            "remedy": self.remedy,
            "exit_code": self.exit_code,
            **{key: value if isinstance(value, int) else str(value) for key, value in self.values.items()},
        }


class AskError(PlauditError):
    """The caller asked for something that is not there."""

    exit_code = 2


class UnknownName(AskError):
    """No artist, source, rule, week or file has that name."""


class OutOfTurn(AskError):
    """A step was asked for before the one it stands on."""


class RuleError(PlauditError):
    """A rule or season file must be mended."""

    exit_code = 3


class RuleInvalid(RuleError):
    """A file holds an unknown key, a wrong type or a reference to nothing."""


class RuleFrozen(RuleError):
    """A rule file that a result cites was changed."""


class TieUnresolved(RuleError):
    """The rule leaves a tie undecided; the message names the tied."""


class SourceError(PlauditError):
    """What a platform or a file said cannot be used."""

    exit_code = 4


class SourceUnavailable(SourceError):
    """The file or the service is not there."""


class SourceRefused(SourceError):
    """Rows were set aside and the run is strict."""


class SourceChanged(SourceError):
    """The source does not have the declared shape."""


class BallotRejected(PlauditError):
    """A ballot was not accepted; the voter must be told."""

    exit_code = 5


class EvidenceError(PlauditError):
    """Something does not add up; stop."""

    exit_code = 6


class DigestMismatch(EvidenceError):
    """Bytes differ from those that were certified."""


class ProofInvalid(EvidenceError):
    """A recomputed value differs from the stated one."""


class SignatureInvalid(EvidenceError):
    """The signature is not of that key over those bytes."""
