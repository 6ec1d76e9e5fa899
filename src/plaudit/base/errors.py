"""Errors, sorted by who must act.

PlauditError
├── AskError            the caller asked for something that is not there      exit 2
│   ├── EngineUnavailable   the engine that was asked for cannot compute
│   ├── FileRefused         the machine refuses a file: read-only, full, no rights
│   ├── NotInstalled        packages that are an extra of plaudit are missing
│   ├── UnknownName         no artist, source, rule or file of that name
│   └── OutOfTurn           a step was asked for before the one it depends on
├── RuleError           a rule or season file must be corrected                  exit 3
│   ├── RuleInvalid         unknown key, wrong type, missing reference
│   ├── RuleFrozen          a cited rule file was changed
│   └── TieUnresolved       the rule leaves a tie undecided
├── SourceError         what a platform or file said cannot be used           exit 4
│   ├── SourceUnavailable   the file or service is not there
│   ├── SourceRefused       rows were set aside and the run is strict
│   └── SourceChanged       its shape is not the declared one
├── BallotRejected      the voter must be told                                exit 5
│   ├── AllowanceSpent      the voter has fewer votes left than asked for
│   ├── BallotMalformed     what was sent is not a ballot
│   ├── KeyReused           the idempotency key was used for another ballot
│   ├── SignInNeeded        no session, one that ended, or a forged one
│   ├── SlowDown            too many requests from one network
│   ├── UnknownNominee      there is no nominee of that name
│   ├── VoteClosed          the window is not open at this instant
│   └── VoteUnavailable     ballots cannot be made durable now; nothing was taken
└── EvidenceError       stop: something does not add up                       exit 6
    ├── CheckpointsFork     two checkpoints of one log contradict each other
    ├── DigestMismatch      bytes differ from those that were certified
    ├── NothingMade         a step that the season asks for came out empty
    ├── ProofInvalid        a recomputed value differs from the stated one
    └── SignatureInvalid    the signature is not of that key over those bytes
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AllowanceSpent",
    "AskError",
    "BallotMalformed",
    "BallotRejected",
    "CheckpointsFork",
    "DigestMismatch",
    "EngineUnavailable",
    "EvidenceError",
    "FileRefused",
    "KeyReused",
    "NotInstalled",
    "NothingMade",
    "OutOfTurn",
    "PlauditError",
    "ProofInvalid",
    "RuleError",
    "RuleFrozen",
    "RuleInvalid",
    "SignInNeeded",
    "SignatureInvalid",
    "SlowDown",
    "SourceChanged",
    "SourceError",
    "SourceRefused",
    "SourceUnavailable",
    "TieUnresolved",
    "UnknownName",
    "UnknownNominee",
    "VoteClosed",
    "VoteUnavailable",
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


class EngineUnavailable(AskError):
    """The engine that was asked for cannot compute: no Java, no master, no worker, or none that sees the season."""


class FileRefused(AskError):
    """The machine refuses a file or folder: it is read-only, full or not ours; what was there stays."""


class NotInstalled(AskError):
    """What was asked for needs packages that are not installed; the message names the extra that brings them."""


class UnknownName(AskError):
    """No artist, source, rule, week or file has that name."""


class OutOfTurn(AskError):
    """A step was asked for before the one it depends on."""


class RuleError(PlauditError):
    """A rule or season file must be corrected."""

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


class AllowanceSpent(BallotRejected):
    """The voter has fewer votes left than the ballot carries."""


class BallotMalformed(BallotRejected):
    """What was sent is not a ballot."""


class KeyReused(BallotRejected):
    """The idempotency key was already used for another ballot of this voter."""


class SignInNeeded(BallotRejected):
    """There is no session, it has ended, or it is not ours."""


class SlowDown(BallotRejected):
    """Too many requests came from one network."""


class UnknownNominee(BallotRejected):
    """There is no nominee of that name."""


class VoteClosed(BallotRejected):
    """The channel's window is not open at this instant."""


class VoteUnavailable(BallotRejected):
    """Ballots cannot be made durable now; nothing was taken, and the same key may be sent again."""


class EvidenceError(PlauditError):
    """Something does not add up; stop."""

    exit_code = 6


class CheckpointsFork(EvidenceError):
    """Two checkpoints of one log contradict each other; keep both, they are evidence."""


class DigestMismatch(EvidenceError):
    """Bytes differ from those that were certified."""


class NothingMade(EvidenceError):
    """A step that the season asks for came out empty; nothing is signed."""


class ProofInvalid(EvidenceError):
    """A recomputed value differs from the stated one."""


class SignatureInvalid(EvidenceError):
    """The signature is not of that key over those bytes."""
