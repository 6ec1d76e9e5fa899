"""A receipt, a certificate or a season's folder, checked in the reader's own browser: see `assets/verify.js`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plaudit.words.names import known
from plaudit.words.texts import N_, clipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plaudit.ledger.note import Verifier
    from plaudit.words.words import Words

__all__ = ["VERIFY_STEPS", "log_facts", "verify_view"]

_VALUE: Final = re.compile(r"%\((\w+)[^)]*\)s")
VERIFY_STEPS: Final = {
    "receipt-read": N_("The text is a receipt: a proof for place %(index)s."),
    "signed": N_("Signed by %(name)s with the key %(id)s."),
    "path": N_("The ballot leads to what was signed: a path of length %(hashes)s in a tree of size %(size)s."),
    "ballot": N_(
        "The ballot is leaf %(leaf)s, %(gesture)s for %(nominee)s: votes %(votes)s, channel %(channel)s, %(cast_at)s."
    ),
    "in-published": N_("The published log of %(size)s leaves is the one that the receipt leads to."),
    "certificate": N_("The text is a certificate: %(title)s. It rests on: %(kind)s."),
    "log-cited": N_("It cites the published log of %(size)s leaves."),
    "winner": N_("It names as first: %(winners)s."),
    "promised": N_(
        "Not checked here: that the published log holds it as leaf %(leaf)s, as promised. plaudit verify looks it up."
    ),
    "other-size": N_(
        "Not checked here: that the log of %(size)s leaves became the published one, which has another size."
        " plaudit verify compares them."
    ),
    "whose-key": N_("Not checked here: whose key that is. Compare it with the one that was announced elsewhere."),
    "not-recomputed": N_("Not checked here: that the result follows from the evidence. plaudit verify recomputes it."),
    "commitment-held": N_("The result, and what nominees are called, is what the commitment sealed."),
    "inputs-same": N_("Files of the organiser that are the certified ones: %(files)s."),
    "rules-same": N_("Rules that are the certified ones: %(files)s."),
    "tables-same": N_("Files of evidence that are the certified ones: %(files)s."),
    "checkpoint-cited": N_(
        "The log's checkpoint is signed, and is the one that the certificate cites, of %(size)s leaves."
    ),
    "opening-agrees": N_(
        "The log's opening states the rules, nominees, names and windows that the certificate states."
    ),
    "closing-agrees": N_("The log's closing states the ballots that are there: %(ballots)s."),
    "cast-agrees": N_("The totals state as many ballots and votes cast as the log holds of each nominee and channel."),
    "root-rebuilt": N_("All %(leaves)s leaves of the log, in their order, give the root that was signed."),
    "tiles-same": N_("Every file of the log is what its leaves give: %(files)s."),
    "opened-cosigned": N_("The witness %(witness)s signed the log's opening at %(at)s."),
    "closed-cosigned": N_("The witness %(witness)s signed the log's last checkpoint at %(at)s."),
    "no-witness": N_("Not checked here: when the log was opened and closed. The vote names no witnesses."),
    "opening-unseen": N_(
        "Not checked here: that the rules were declared before the vote. No witness signed the opening by then."
    ),
    "commitment-unseen": N_("Not checked here: who cosigned the commitment, and when. plaudit verify says it."),
    "false-cosignature": N_("The signature of the witness %(witness)s is false, or is not there."),
    "untimely": N_("The witness %(witness)s is said to have signed at %(at)s, which cannot be."),
    "other-limits": N_("The certificate leaves out what it must say: %(part)s."),
    "bad-closing": N_("The vote was not closed when its last window ended, and no reason is given."),
    "too-few-witnesses": N_("Fewer witnesses signed than the opening asks for: %(signed)s of %(least)s."),
    "no-data": N_("Not checked here: the %(files)s source files below data/. They are not in the folder."),
    "no-rules": N_("Not checked here: %(files)s rules that come with the program. Their files are not in the folder."),
    "no-tiles": N_("Not checked here: the leaves of the log. They are not in the folder."),
    "log-too-large": N_("Not checked here: the %(size)s leaves of the log, which are too many for this page."),
    "tables-by-rows": N_(
        "Not checked here: the tables of evidence. Their digests are of rows, which plaudit verify reads."
    ),
    "not-recounted": N_(
        "Not checked here: that the totals and the result follow from the ballots by the rule."
        " plaudit verify counts them again."
    ),
    "not-collected": N_(
        "Not checked here: that the evidence is what the files below data/ give. plaudit verify collects it again."
    ),
    "limits-unseen": N_(
        "Not checked here: all that the certificate says of sources and limits. plaudit verify works it out again."
    ),
    "earlier-unseen": N_(
        "Not checked here: whether the log once held other ballots. Receipts, mirrors and witnesses can show that."
    ),
    "links-unseen": N_("Not checked here: whether a file is a link to something else. A browser cannot see that."),
    "pages-unread": N_(
        "Not checked here: charts, honours, and the tables and pages that were published."
        " plaudit verify makes them again."
    ),
    "no-certificate": N_("There is no published/certificate.note in it."),
    "missing": N_("%(file)s is missing."),
    "extra": N_("%(file)s was not there when it was certified."),
    "changed": N_("%(file)s is not the file that was certified."),
    "changed-ends": N_(
        "%(file)s is the certified file but for its line ends, which a program rewrote."
        " Clone it again with core.autocrlf=false, or take the zip."
    ),
    "other-key-file": N_("%(file)s holds another key than the one that signed."),
    "other-commitment": N_("%(file)s commits to another result, or to other names. Keep both: they prove misconduct."),
    "other-checkpoint": N_("%(file)s is not the checkpoint that the certificate cites. Keep both."),
    "other-closing": N_("The log ends with another closing than the certificate cites."),
    "bad-leaf": N_("Leaf %(leaf)s, in %(file)s, is no ballot that the log's opening allows."),
    "other-opening-stated": N_("The log's opening and the certificate state different things: %(part)s."),
    "other-cast": N_(
        "The log holds %(ballots)s ballots for %(nominee)s in channel %(channel)s, the certificate states %(stated)s."
    ),
    "bad-instant": N_(
        "Leaf %(leaf)s, in %(file)s, was cast before the leaf that precedes it, or after the vote was closed."
    ),
    "own-rule": N_("%(file)s is the season's own, and the certificate says that the program brought it."),
    "other-root": N_("The leaves of the log do not give the root that was signed, nor do its hashes."),
    "bad-bundle": N_("%(file)s was altered: leaf %(leaf)s is not the one that was logged."),
    "bad-tile": N_("%(file)s was altered: its hashes are not those of the leaves."),
    "bad-zip": N_("The zip is damaged, or of a kind that this page does not read. Unpack it and choose the folder."),
    "bad-name": N_("%(file)s is no name of a file in a season."),
    "twice": N_("%(file)s is there twice."),
    "folder-too-large": N_("The folder is too large for this page: plaudit verify takes any."),
    "too-long": N_("The file is too large to be a receipt or a certificate."),
    "not-utf8": N_("The file is no text in UTF-8."),
    "not-canonical": N_("The text is signed or whole, but not written in the one form that a text must have."),
    "other-sum": N_("The totals of %(nominee)s in channel %(channel)s do not add up."),
    "misshapen": N_("The certificate is signed, but is not of its shape at %(where)s."),
    "other-signer": N_("The certificate is of %(origin)s, and another signed it."),
    "unreadable": N_("This page cannot read it, and vouches for nothing in it. plaudit verify says what is wrong."),
    "bad-link": N_("The link is damaged: the receipt in it cannot be read."),
    "not-proof": N_("The text is no whole receipt. Take all of it, from the first line to the last."),
    "not-note": N_("The text is no receipt and no certificate, or a part of it is missing or altered."),
    "not-checkpoint": N_("What was signed, or a hash of the path, is not written as it must be."),
    "not-certificate": N_("The text is signed, but is no certificate."),
    "no-ballot": N_("The receipt carries no ballot, or one that is not written as it must be."),
    "no-key": N_("There is no key to check it with. Put in the one that was announced."),
    "bad-key": N_("%(key)s is no key, or is damaged."),
    "no-signature": N_("%(name)s did not sign this: it is of another vote, or of another key."),
    "bad-signature": N_("The signature of %(name)s is false. The text was altered, or was never signed."),
    "bad-path": N_("The ballot does not lead to what was signed. The ballot or the path was altered."),
    "other-origin": N_("What was signed is of another log: %(origin)s."),
    "other-opening": N_("The ballot names what this vote does not have: number %(position)s."),
    "other-log": N_("The certificate cites another log of %(size)s leaves than the published one. Keep both."),
    "fork": N_(
        "The published log of %(size)s leaves has other leaves than the one that was signed here."
        " Keep both texts: they prove misconduct."
    ),
    "left-out": N_(
        "Leaf %(leaf)s was promised to this ballot; the closed log of %(size)s leaves has no ballot there."
        " Keep both texts: they prove misconduct."
    ),
    "no-ed25519": N_("This browser knows no Ed25519 signatures. Take a newer one, or plaudit verify."),
    "no-crypto": N_("This browser checks signatures only on pages that come by https or from a file."),
    "passed": N_("checked"),
    "open": N_("not checked"),
    "failed": N_("refused"),
    "doing signature": N_("Checking the signature"),
    "doing inputs": N_("Checking files: %(done)s of %(of)s"),
    "doing tables": N_("Checking evidence: %(done)s of %(of)s"),
    "doing leaves": N_("Checking leaves of the log: %(done)s of %(of)s"),
    "doing tiles": N_("Checking hashes of the log: %(done)s of %(of)s"),
    "holds": N_("It holds: every check that can be made here passes."),
    "refused": N_("Refused: it does not hold."),
    "value vote": N_("a vote"),
    "value post": N_("a post"),
    "value repost": N_("a repost"),
    "value quote": N_("a quote"),
}
"""What each step of verify.js says, and the words for values in it."""
_EVIDENCE: Final = ("real", "synthetic", "synthetic ballots", "guest ballots", "partly synthetic")


def log_facts(
    verifier: Verifier, channels: Sequence[str], nominees: Sequence[str], checkpoint: str, *, is_closed: bool
) -> dict[str, Any]:
    """Give what a page must hold of a log for receipts to be checked against it.

    Parameters
    ----------
    channels, nominees : as the opening of the vote numbers them
    checkpoint : the signed note; lines of others who signed it are left out, since they come and go
    """
    text, _, lines = checkpoint.rpartition("\n\n")
    own = [line for line in lines.splitlines() if line.startswith(f"— {verifier.name} ")]
    return {
        "logKey": str(verifier),
        "checkpoint": "\n".join([f"{text}\n", *own, ""]),
        "isClosed": is_closed,
        "channels": list(channels),
        "nominees": list(nominees),
    }


def verify_view(facts: Mapping[str, Any], words: Words) -> dict[str, object]:
    """Give the words of every step, with a brace around each value's name, and names in the reader's language."""
    names = {nominee: clipped(words.name(of)) for nominee, of in facts["names"].items()}
    steps = {step: _open(text, words) for step, text in VERIFY_STEPS.items()}
    steps |= {f"value {kind}": words.plain(known("evidence", kind)) for kind in _EVIDENCE}
    return {"published": {**facts, "names": names}, "steps": steps}


def _open(message: str, words: Words) -> str:
    return str(words.text(message, **{name: f"{{{name}}}" for name in _VALUE.findall(message)}))
