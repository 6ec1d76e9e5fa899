"""A provider that signs whatever a test wants, over real HTTP on loopback."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CLIENT", "FalseProvider", "encoded", "running_provider"]

CLIENT = "the-vote"
Answer = tuple[int, str]


class FalseProvider:
    """What the provider says: its description, keys and tokens, each of which a test may replace."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.answers: dict[str, Answer] = {}
        self.described: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: encoded(self.key, claims)
        self.nonce = ""
        self.asked: list[str] = []
        self.token_asked: dict[str, str] = {}

    def description(self) -> Answer:
        paths = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        found = {"issuer": self.issuer} | {name: self.issuer + path for name, path in paths.items()}
        return 200, json.dumps(found | self.described)

    def keys(self) -> Answer:
        strange = {"kty": "strange", "kid": "another"}
        return 200, json.dumps({"keys": [strange, self.key.as_dict(private=False)]})

    def token(self) -> Answer:
        half = hashlib.sha256(b"access").digest()[:16]
        usual = {
            "iss": self.issuer,
            "sub": "fan-1",
            "aud": CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "nonce": self.nonce,
            "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        return 200, json.dumps({"access_token": "access", "token_type": "Bearer", "id_token": self.sign(claims)})

    def answer(self, path: str) -> Answer:
        self.asked.append(path)
        made = {"/.well-known/openid-configuration": self.description, "/jwks": self.keys, "/token": self.token}
        return self.answers.get(path) or made[path]()


def encoded(key: Any, claims: dict[str, Any], alg: str = "RS256", kid: str = "one") -> str:
    """Give a signed token."""
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


@contextmanager
def running_provider() -> Iterator[FalseProvider]:
    """Serve a provider and give it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*provider.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            provider.token_asked = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*provider.answer(self.path))

        def _say(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = FalseProvider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
