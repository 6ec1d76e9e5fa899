"""The baseline: FastAPI and PostgreSQL, an insert per vote, as a team would write it that knows both.

    uvicorn --loop uvloop --http httptools intake_baseline:app

`INTAKE_DSN` names the database, `INTAKE_KEY` (hexadecimal) signs sessions. A
ballot and the voter's allowance of the day are written by one statement, which
is one transaction and one trip to the database; the same key of a voter answers
the same ballot again. It has no log and gives no receipt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, Field

__all__ = ["NOMINEES", "SCHEMA", "app", "issue"]

NOMINEES = ("ariana-grande", "bts", "demi-lovato", "exo", "shawn-mendes")
CAP = 100
SESSION = struct.Struct(">QQ32s")
SCHEMA = """
CREATE TABLE ballots (
    leaf bigint GENERATED ALWAYS AS IDENTITY (MINVALUE 0) PRIMARY KEY,
    voter bigint NOT NULL,
    key text NOT NULL,
    nominee text NOT NULL,
    votes integer NOT NULL,
    cast_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (voter, key)
);
CREATE TABLE allowances (
    voter bigint NOT NULL,
    day date NOT NULL,
    used integer NOT NULL,
    PRIMARY KEY (voter, day)
);
"""
CAST = """
WITH spent AS (
    INSERT INTO allowances AS a (voter, day, used) VALUES ($1, (now() AT TIME ZONE 'UTC')::date, $4)
    ON CONFLICT (voter, day) DO UPDATE SET used = a.used + excluded.used WHERE a.used + excluded.used <= $5
    RETURNING used
), written AS (
    INSERT INTO ballots (voter, key, nominee, votes) SELECT $1, $2, $3, $4 FROM spent RETURNING leaf, cast_at
)
SELECT leaf, cast_at, used FROM written, spent
"""
EARLIER = """
SELECT leaf, nominee, votes, cast_at, used FROM ballots JOIN allowances USING (voter)
WHERE voter = $1 AND key = $2 AND day = (cast_at AT TIME ZONE 'UTC')::date
"""


class Ballot(BaseModel):
    """What is sent."""

    nominee: str = Field(max_length=64)
    votes: int = Field(1, ge=1, le=CAP)
    key: str = Field(pattern="^[A-Za-z0-9_-]{8,64}$")


class Accepted(BaseModel):
    """What is answered."""

    leaf: int
    nominee: str
    votes: int
    cast_at: datetime
    left: int
    is_replay: bool


def issue(key: bytes, voter: int, ends_at: int) -> str:
    """Give a signed session."""
    payload = struct.pack(">QQ", voter, ends_at)
    return base64.urlsafe_b64encode(payload + hmac.digest(key, payload, hashlib.sha256)).decode()


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    """Keep a pool of connections for as long as the server runs."""
    size = int(os.environ.get("INTAKE_POOL", "20"))
    async with asyncpg.create_pool(os.environ["INTAKE_DSN"], min_size=size, max_size=size) as pool:
        application.state.pool = pool
        application.state.key = bytes.fromhex(os.environ["INTAKE_KEY"])
        yield


app = FastAPI(lifespan=lifespan)


async def voter_of(request: Request, authorization: Annotated[str, Header()] = "") -> int:
    """Give the voter whose session it is."""
    refused = HTTPException(401, "sign in")
    try:
        raw = base64.urlsafe_b64decode(authorization.removeprefix("Bearer "))
        voter, ends_at, signature = SESSION.unpack(raw)
    except (ValueError, struct.error):
        raise refused from None
    is_ours = hmac.compare_digest(hmac.digest(request.app.state.key, raw[:16], hashlib.sha256), signature)
    if not is_ours or ends_at < time.time():
        raise refused
    return int(voter)


@app.post("/v1/2026/ballots", status_code=201)
async def cast(
    ballot: Ballot, voter: Annotated[int, Depends(voter_of)], request: Request, response: Response
) -> Accepted:
    """Take one ballot."""
    if ballot.nominee not in NOMINEES:
        raise HTTPException(422, "unknown nominee")
    pool = request.app.state.pool
    try:
        row = await pool.fetchrow(CAST, voter, ballot.key, ballot.nominee, ballot.votes, CAP)
    except asyncpg.UniqueViolationError:  # the statement is a transaction: nothing was spent
        row = None
    if row is None:
        return await _replayed(pool, ballot, voter, response)
    return Accepted(
        leaf=row["leaf"],
        nominee=ballot.nominee,
        votes=ballot.votes,
        cast_at=row["cast_at"],
        left=CAP - row["used"],
        is_replay=False,
    )


async def _replayed(pool: asyncpg.Pool, ballot: Ballot, voter: int, response: Response) -> Accepted:
    """Answer the ballot that the voter's key stands for; without one, the allowance was spent."""
    row = await pool.fetchrow(EARLIER, voter, ballot.key)
    if row is None:
        raise HTTPException(403, "no votes left today")
    if (row["nominee"], row["votes"]) != (ballot.nominee, ballot.votes):
        raise HTTPException(422, "the key stands for another ballot")
    response.status_code = 200
    return Accepted(
        leaf=row["leaf"],
        nominee=row["nominee"],
        votes=row["votes"],
        cast_at=row["cast_at"],
        left=CAP - row["used"],
        is_replay=True,
    )
