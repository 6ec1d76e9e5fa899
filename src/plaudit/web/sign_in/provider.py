"""What an OpenID Connect provider says of itself: its endpoints and its keys.

References
----------
OpenID Connect Discovery 1.0, sections 3 and 4.3
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec
from httpx2 import AsyncByteStream, HTTPError, InvalidURL, Response
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from plaudit.base.errors import VoteUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from authlib.integrations.httpx_client import AsyncOAuth2Client

    from plaudit.rulebook.live import Provider

__all__ = ["ALGORITHMS", "ANSWER_BYTES_MOST", "Described", "bound_answer", "described", "unavailable"]

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures of an ID token: a provider's own key each, so neither `none` nor a shared secret."""
ANSWER_BYTES_MOST: Final = 262_144
"""The most bytes of a provider's answer: a description, keys or a token."""
_KEYS_MOST: Final = 100
_FRESH_SECONDS: Final = 3_600
_KEYS_SECONDS: Final = 60


class _Metadata(Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _Keys(Struct):
    keys: list[dict[str, Any]]


class Described:
    """A provider's description and keys, as read at `read_at` seconds."""

    def __init__(self, provider: Provider, metadata: _Metadata, read_at: int) -> None:
        self.issuer = metadata.issuer
        self.authorization_endpoint = metadata.authorization_endpoint
        self.token_endpoint = metadata.token_endpoint
        self.names_itself = metadata.authorization_response_iss_parameter_supported
        self._provider = provider
        self._metadata = metadata
        self._read_at = read_at
        self._keys: list[dict[str, Any]] = []
        self._keys_at: int | None = None

    def is_fresh(self, now: int) -> bool:
        """Say whether the description need not be read again."""
        return 0 <= now - self._read_at < _FRESH_SECONDS

    def way_to_authenticate(self, *, has_secret: bool) -> str:
        """Give how this server shows the provider who it is."""
        if not has_secret:
            return "none"
        ways = self._metadata.token_endpoint_auth_methods_supported
        return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"

    async def keys_for(self, client: AsyncOAuth2Client, token: str, now: int) -> KeySet:
        """Give the provider's keys, read again where the token names one that is not among them.

        Raises
        ------
        VoteUnavailable : they cannot be read.
        """
        names = [key.get("kid") for key in self._keys]
        is_stale = self._keys_at is None or now - self._keys_at >= _KEYS_SECONDS
        if not self._keys or (is_stale and _key_id(token) not in names):
            found = await _read(client, self._provider, self._metadata.jwks_uri, _Keys)
            self._keys, self._keys_at = found.keys, now
        usable = []
        for key in self._keys[:_KEYS_MOST]:
            try:
                usable.extend(KeySet.import_key_set({"keys": [key]}).keys)
            except (JoseError, ValueError, KeyError, TypeError):
                continue  # a provider may list kinds of key that nobody here reads
        return KeySet(usable)


async def described(client: AsyncOAuth2Client, provider: Provider, now: int) -> Described:
    """Read a provider's description.

    Raises
    ------
    VoteUnavailable : it is not there, is of another issuer, or names an address that is neither
        https nor the provider's own on loopback.
    """
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    metadata = await _read(client, provider, address, _Metadata)
    if metadata.issuer != provider.issuer:
        raise unavailable(provider, f"it calls itself {metadata.issuer[:200]!r}")
    for endpoint in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri):
        if not _is_safe(endpoint, provider.issuer):
            raise unavailable(provider, f"it names the unsafe address {endpoint[:200]!r}")
    return Described(provider, metadata, now)


async def _read(client: AsyncOAuth2Client, provider: Provider, address: str, shape: type[Any]) -> Any:
    try:
        answer = await client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=shape)
    except (HTTPError, InvalidURL, msgspec.MsgspecError) as error:
        raise unavailable(provider, f"{address}: {type(error).__name__}") from None


async def bound_answer(answer: Response) -> None:
    """Let an answer be read up to its most bytes, as they come over the wire; a client's hook."""
    if "content-encoding" in answer.headers:
        raise HTTPError("an answer that is packed, though none was asked for")
    assert isinstance(answer.stream, AsyncByteStream)
    answer.stream = _Bounded(answer.stream)


class _Bounded(AsyncByteStream):
    """A body that ends with an error once it is too long."""

    def __init__(self, stream: AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for part in self._stream:
            count += len(part)
            if count > ANSWER_BYTES_MOST:
                raise HTTPError(f"an answer of more than {ANSWER_BYTES_MOST:,} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _is_safe(address: str, issuer: str) -> bool:
    found, own = urlsplit(address), urlsplit(issuer)
    return found.scheme == "https" or (found.scheme, found.netloc) == (own.scheme, own.netloc)


def _key_id(token: str) -> object:
    """Give the key id that a token's header names, unchecked, or None."""
    head = token.partition(".")[0]
    try:
        header = msgspec.json.decode(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, msgspec.MsgspecError):
        return None
    return header.get("kid") if isinstance(header, dict) else None


def unavailable(provider: Provider, why: str) -> VoteUnavailable:
    """Give the error of a provider that cannot be asked now."""
    return VoteUnavailable(
        f"{provider.name} cannot sign voters in now: {why}",
        "try again in a minute, or sign in another way",
        retry_after=60,
    )
