"""The HTTP API and the page: routes, and nothing that they do not share with the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

import restyle
from restyle.errors import RestyleError
from restyle.studio import engine, routes_results, routes_songs
from restyle.studio.jobs import Busy, Jobs
from restyle.studio.limits import Limits
from restyle.studio.process import WORKER
from restyle.studio.security import Door, Guard
from restyle.studio.state import STATIC, Studio
from restyle.studio.visits import Full, Unknown, Visits

SWEEP_SECONDS = 600.0


class TooLarge(Exception):
    """A body is longer than it may be."""


_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The token is missing (only on addresses that others can reach)."},
    403: {"description": "The request comes from another origin, or names another host."},
    404: {"description": "There is no such visit, song, result, job or file."},
    409: {"description": "It is still being made."},
    413: {"description": "The file or the request is too large."},
    422: {"description": "The request, or the song, makes no sense; `detail` says why."},
    429: {"description": "Too many jobs wait: come back after `Retry-After` seconds."},
}
_ABOUT = """What the page of `restyle studio` uses, and others may: open a visit, bring a song, wait
for its job, ask for it in a style, listen to the events of that job, fetch the files. Times are in
ticks, 480 a quarter note, except where a grid position (12 a quarter note) is asked for."""


def create_app(
    root: Path,
    limits: Limits | None = None,
    door: Door | None = None,
    makers: int = 1,
    quick: int = 1,
    worker: Sequence[str] = WORKER,
) -> FastAPI:
    """The studio as an ASGI application; visits lie in the folder `root`, `makers` and `quick` are
    how many processes of each kind there are, which the command `worker` starts."""
    limits = limits or Limits()
    visits = Visits(root, limits)
    studio = Studio(visits, limits)
    studio.jobs = Jobs(limits, studio.ended, makers, quick, worker)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        assert studio.about  # what takes a second to gather, before anyone waits for it
        visits.settle()
        visits.sweep()
        studio.jobs.begin()
        sweeper = asyncio.create_task(_sweep(visits))
        try:
            yield
        finally:
            sweeper.cancel()
            await studio.jobs.end()

    app = FastAPI(
        title="restyle studio",
        version=restyle.__version__,
        description=_ABOUT,
        lifespan=life,
        docs_url=None,  # these pages load scripts from elsewhere; /openapi.json says it all
        redoc_url=None,
        responses=_ERRORS,
    )
    app.state.studio = studio
    app.add_middleware(_Bounded, most=limits.body_bytes, most_upload=limits.upload_bytes)
    app.add_middleware(Guard, door=door or Door.of("127.0.0.1"))
    _say_errors(app)
    app.include_router(routes_songs.router)
    app.include_router(routes_results.router)

    @app.get("/soundfont", include_in_schema=False)
    def soundfont() -> FileResponse:
        return FileResponse(
            engine.soundfont(),
            media_type="application/octet-stream",
            headers={"cache-control": "max-age=86400"},
        )

    app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")
    return app


async def _sweep(visits: Visits) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        await asyncio.to_thread(visits.sweep)


def _say_errors(app: FastAPI) -> None:
    """Our errors as answers with one sentence."""

    def says(kind: type[Exception], status: int, headers: dict[str, str] | None = None) -> None:
        async def answer(_: Request, error: Exception) -> Response:
            return JSONResponse({"detail": str(error)}, status, headers)

        app.add_exception_handler(kind, answer)

    says(Unknown, 404)
    says(TooLarge, 413)
    says(Full, 429, {"retry-after": "60"})
    says(RestyleError, 422)

    @app.exception_handler(Busy)
    async def busy(_: Request, error: Busy) -> Response:
        sentence = f"Others are before you: try again in {error.seconds} seconds."
        return JSONResponse({"detail": sentence}, 429, {"retry-after": str(error.seconds)})


@dataclass
class _Bounded:
    """Refuses bodies that are too large, as soon as they are."""

    app: Any
    most: int
    most_upload: int

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        upload = scope["method"] == "POST" and scope["path"].endswith("/songs")
        most = self.most_upload if upload else self.most
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or int(said) > most:
            await JSONResponse({"detail": _too_long(most)}, 413)(scope, receive, send)
            return
        await self.app(scope, _counted(receive, most), send)


def _counted(receive: Callable[[], Awaitable[Any]], most: int) -> Callable[[], Awaitable[Any]]:
    got = 0

    async def counted() -> Any:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise TooLarge(_too_long(most))
        return message

    return counted


def _too_long(most: int) -> str:
    size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 2**10} kB"
    return f"That is more than the {size} that it may be."
