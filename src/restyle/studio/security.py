"""Who may ask: requests of other hosts and origins are refused, and of strangers without a token.

A page of another origin must not be able to use the studio behind the user's back, and a name that
somebody else's DNS points to this machine must not lead to it.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "restyle-token"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, no script or style inside a page. The synthesiser's decoder of compressed
soundfonts is WebAssembly, hence the one exception, which lets no text become script."""
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
"""Of the report, a page that holds its pictures and its style, and has no scripts."""
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Door:
    """Which hosts the studio answers to, and the token that it asks for ("" for none)."""

    hosts: frozenset[str]
    any_address: bool = False
    """Whether every IP address is a host of ours (bound to all of them)."""
    token: str = ""

    @staticmethod
    def of(host: str) -> Door:
        """The door of a studio that listens on `host`: only loopback needs no token."""
        names = {"localhost", "127.0.0.1", "::1"}
        if is_loopback(host):
            return Door(frozenset(names | {host.lower()}))
        own = {socket.gethostname().lower(), host.lower()}
        everywhere = host in ("0.0.0.0", "::", "")
        return Door(frozenset(names | own), everywhere, secrets.token_urlsafe(24))

    def knows(self, host: str) -> bool:
        """Whether a Host header means this studio."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        return name in self.hosts or (self.any_address and _is_address(name))

    def admits(self, token: str) -> bool:
        return not self.token or hmac.compare_digest(token.encode(), self.token.encode())


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Refuses what does not come from the studio's own page, and adds the headers that browsers
    keep to."""

    def __init__(self, app: ASGIApp, door: Door):
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in
                   scope["headers"]}  # fmt: skip
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> ASGIApp | None:
        host = headers.get("host", "")
        if not self._door.knows(host):
            return _no(403, "This studio does not answer to that name.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return _no(403, "Requests of other origins are refused.")
        page = scope["method"] == "GET" and scope["path"] == "/"
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none") and not page:
            return _no(403, "Requests of other sites are refused.")
        if not self._door.token:
            return None
        return self._stranger(scope, headers, page)

    def _stranger(self, scope: Scope, headers: dict[str, str], page: bool) -> ASGIApp | None:
        """The answer to who has no token; who brings it in the address gets a cookie."""
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        if page and "token" in asked and self._door.admits(asked["token"][0]):
            rest = {name: values[0] for name, values in asked.items() if name != "token"}
            answer = RedirectResponse("/" + (f"?{urlencode(rest)}" if rest else ""), 303)
            answer.set_cookie(COOKIE, self._door.token, httponly=True, samesite="strict")
            return answer
        if any(self._door.admits(token) for token in _tokens(headers)):
            return None
        return _no(401, "This studio asks for the token that stands in its address.")


def _tokens(headers: dict[str, str]) -> Iterable[str]:
    """The tokens that a request brings, as a bearer or as a cookie."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        yield token.strip()
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return
    if COOKIE in cookies:
        yield cookies[COOKIE].value


def _no(status: int, sentence: str) -> ASGIApp:
    return JSONResponse({"detail": sentence}, status)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name.lower() for name, _ in message["headers"]}
            more = {"content-security-policy": POLICY, **_HEADERS}
            message["headers"] = [
                *message["headers"],
                *(
                    (name.encode(), value.encode())
                    for name, value in more.items()
                    if name.encode() not in have
                ),
            ]
        await send(message)

    return sending
