"""Signing in with an OpenID Connect provider: code flow, PKCE, and an ID token that is checked in full.

    GET …/sign-in/oidc/google               302 to the provider, with a cookie for this one round trip
    GET …/sign-in/oidc/google/callback      303 to the page, signed in

The cookie holds the state and its end under a key that is made at each start;
nonce and code verifier are derived from the state under the same key. So the
server keeps nothing of a voter who went away and never came back. A round trip
ends once, however it ends.

References
----------
OpenID Connect Core 1.0, section 3.1.3.7; RFC 7636 (PKCE); RFC 9207 (iss)
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError

from plaudit.base.errors import RuleInvalid, SignInNeeded
from plaudit.web.sign_in.once import Once
from plaudit.web.sign_in.provider import ALGORITHMS, Described, bound_answer, described, unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from plaudit.rulebook.live import Provider

__all__ = ["TRIP_SECONDS", "OidcSignIn"]

TRIP_SECONDS: Final = 600
"""How long a voter may stay at the provider."""
_LEEWAY_SECONDS: Final = 30
_SECONDS: Final = 10


class OidcSignIn:
    """One provider's way of signing in.

    Parameters
    ----------
    provider : [[vote.live.provider]]
    redirect_uri : where the provider sends voters back to; registered there

    Raises
    ------
    RuleInvalid : the client's secret is not in its environment variable.
    """

    def __init__(self, provider: Provider, redirect_uri: str) -> None:
        if provider.secret_env and not os.environ.get(provider.secret_env):
            raise RuleInvalid(
                f"season.toml [[vote.live.provider]] {provider.id}: the environment has no {provider.secret_env!r}",
                "set it to the client's secret that the provider gave you",
            )
        self._provider = provider
        self._redirect_uri = redirect_uri
        self._key = secrets.token_bytes(32)
        self._known: Described | None = None
        self._ended = Once()

    async def leave(self, now: int) -> tuple[str, str]:
        """Give the provider's address to send a voter to, and the cookie of the round trip.

        Raises
        ------
        VoteUnavailable : the provider is not there, or does not describe itself as it must.
        """
        state = secrets.token_urlsafe(32)
        async with self._in_time(), self._client() as client:
            about = await self._described(client, now)
            address, _ = client.create_authorization_url(
                about.authorization_endpoint,
                state=state,
                nonce=self._derived("nonce", state),
                code_verifier=self._derived("verifier", state),
            )
        ends_at = now + TRIP_SECONDS
        return address, f"{state}.{ends_at}.{self._derived(f'trip {ends_at}', state)}"

    async def arrive(self, asked: Mapping[str, str], cookie: str, now: int) -> str:
        """Give the voter's name as the log's pseudonym is made from: `oidc ISSUER SUBJECT`.

        Parameters
        ----------
        asked : the query that the provider sent the voter back with
        cookie : that of the round trip

        Raises
        ------
        SignInNeeded : the round trip is not this browser's, or the provider does not vouch for the voter.
        VoteUnavailable : the provider is not there, or refuses us.
        """
        state = self._state(asked, cookie, now)
        async with self._in_time(), self._client() as client:
            about = await self._described(client, now)
            said = asked.get("iss", "" if about.names_itself else about.issuer)
            if said != about.issuer:
                raise self._refused(f"the answer is of the issuer {said[:200]!r}")
            if "code" not in asked:
                raise self._refused(f"it answered {asked.get('error', 'nothing')[:80]!r}")
            token = await self._token(client, about, asked["code"], state)
            claims = await self._claims(client, about, token, state, now)
        return f"oidc {self._provider.issuer} {claims['sub']}"

    def _state(self, asked: Mapping[str, str], cookie: str, now: int) -> str:
        state, _, rest = cookie.partition(".")
        ends_at, _, mac = rest.partition(".")
        is_ours = hmac.compare_digest(mac.encode(), self._derived(f"trip {ends_at}", state).encode())
        if not is_ours or not hmac.compare_digest(asked.get("state", "").encode(), state.encode()):
            raise self._refused("the sign-in was not begun in this browser")
        if now >= int(ends_at):
            raise self._refused(f"it took longer than {TRIP_SECONDS // 60} minutes")
        if not self._ended.use(hashlib.sha256(state.encode()).digest(), ends_at=int(ends_at), now=now):
            raise self._refused("this sign-in has ended already")
        return state

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Bound everything that is asked of the provider for one voter."""
        try:
            async with asyncio.timeout(_SECONDS):
                yield
        except TimeoutError:
            raise unavailable(self._provider, f"it did not answer within {_SECONDS} s") from None

    async def _token(self, client: AsyncOAuth2Client, about: Described, code: str, state: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = await client.fetch_token(
                about.token_endpoint,
                grant_type="authorization_code",
                code=code,
                redirect_uri=self._redirect_uri,
                code_verifier=self._derived("verifier", state),
            )
        except AuthlibBaseError as error:
            if error.error == "invalid_grant":
                raise self._refused("the code was used before, is too old, or is of another sign-in") from None
            raise unavailable(self._provider, f"it refuses this server: {error.error}") from None
        except (HTTPError, ValueError) as error:
            raise unavailable(self._provider, f"no token: {type(error).__name__}") from None
        return found

    async def _claims(
        self, client: AsyncOAuth2Client, about: Described, token: Mapping[str, Any], state: str, now: int
    ) -> CodeIDToken:
        """Give what the ID token says, once signature and every claim hold."""
        keys = await about.keys_for(client, str(token.get("id_token", "")), now)
        options = {
            "iss": {"essential": True, "value": about.issuer},
            "aud": {"essential": True, "value": self._provider.client_id},
            "sub": {"essential": True},
        }
        params = {
            "nonce": self._derived("nonce", state),
            "client_id": self._provider.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            found = jwt.decode(str(token.get("id_token", "")), keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(found.claims, found.header, options, params)
            claims.validate(now=now, leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError) as error:
            raise self._refused(f"its ID token does not hold: {_fault(error)}") from None
        return claims

    async def _described(self, client: AsyncOAuth2Client, now: int) -> Described:
        if self._known is None or not self._known.is_fresh(now):
            self._known = await described(client, self._provider, now)
        client.token_endpoint_auth_method = self._known.way_to_authenticate(has_secret=bool(client.client_secret))
        return self._known

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._provider.client_id,
            os.environ.get(self._provider.secret_env) if self._provider.secret_env else None,
            scope="openid",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS,
            headers={"accept-encoding": "identity"},
            event_hooks={"response": [bound_answer]},
        )

    def _derived(self, use: str, state: str) -> str:
        mac = hmac.digest(self._key, f"{use} {state}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def _refused(self, why: str) -> SignInNeeded:
        return SignInNeeded(
            f"{self._provider.name} did not sign you in: {why}",
            "begin again on the page",
            rule=f"season.toml [[vote.live.provider]] {self._provider.id}",
        )


def _fault(error: Exception) -> str:
    """Name what is wrong with a token, and no value of it."""
    claim = getattr(error, "claim", None)
    return f"{type(error).__name__} {claim}" if claim else type(error).__name__
