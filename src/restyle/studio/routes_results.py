"""Results and jobs: make, make bars anew, listen, cancel, take away."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query
from fastapi.responses import FileResponse, Response, StreamingResponse

from restyle.errors import RestyleError
from restyle.studio import engine
from restyle.studio.process import Job
from restyle.studio.routes_songs import Here
from restyle.studio.songs import dumps
from restyle.studio.state import Studio, new_result
from restyle.studio.visits import Unknown, read_json
from restyle.studio.wishes import Make, Redo

Json = dict[str, Any]
Take = Annotated[int, Query(ge=0, le=3)]
WHOLE = ".song.json"
"""Ending of the file that holds a take as it stands on paper; ".json" is what the page plays."""
router = APIRouter(prefix="/api")
_TYPES = {
    ".mid": "audio/midi",
    ".musicxml": "application/vnd.recordare.musicxml+xml",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".png": "image/png",
    ".zip": "application/zip",
}


@router.post("/visits/{visit}/songs/{song}/results", status_code=202)
async def make(studio: Here, visit: str, song: str, wish: Make) -> Json:
    """Make the song anew in a style. Listen to the job's events for the bars as they stand."""
    if not wish.to and wish.like is None:
        raise RestyleError("Choose a style, or a song to take the style from.")
    settings = wish.model_dump(by_alias=True)
    return _begin(studio, visit, song, settings, wish.earlier, wish.take, None)


@router.post("/visits/{visit}/results/{result}/redo", status_code=202)
async def redo(studio: Here, visit: str, result: str, wish: Redo) -> Json:
    """Make some bars of a result anew, all parts or some: a new result, the old one stays."""
    told = read_json(studio.visits.result(visit, result) / "result.json", "result")
    if wish.last < wish.first:
        raise RestyleError("The last bar stands before the first.")
    settings = {**told["settings"], "locked": [], "seed": wish.seed, "takes": 1}
    bars = wish.model_dump() | {"of": result}
    return _begin(studio, visit, told["song"], settings, result, wish.take, bars)


def _begin(
    studio: Studio,
    visit: str,
    song: str,
    settings: Json,
    earlier: str | None,
    take: int,
    bars: Json | None,
) -> Json:
    source = studio.visits.song(visit, song)
    if not (source / "lead.json").is_file():
        raise Unknown("That song has not been heard yet.")
    old = _take(studio, visit, earlier, take) if earlier else None
    like = settings["like"]
    example = studio.visits.song(visit, like) / "source.song" if like else None
    studio.jobs.room(visit, "make")
    name, folder = studio.visits.new(visit, "results")
    shutil.copy(source / "lead.json", folder / "lead.json")  # the song may be mended later
    shutil.copy(source / "heard.json", folder / "base.json")
    title = read_json(source / "song.json", "song")["title"]
    told = new_result(folder, song, title, settings, bars)
    parts = ",".join(bars["parts"]) if bars else ""
    task = {
        "folder": str(folder),
        "lead": str(folder / "lead.json"),
        "source": str(source / "source.song"),
        "wish": settings,
        "takes": min(settings["takes"], studio.limits.takes),
        "like": str(example) if example else None,
        "redo": f"{bars['first']}-{bars['last']}{parts and ':'}{parts}" if bars else "",
        "earlier": str(old) if old else None,
        "title": told["title"],
    }
    job = studio.jobs.add(visit, "make", task, {"song": song, "result": name})
    return {"result": name, "job": job.id}


def _take(studio: Studio, visit: str, result: str, take: int, ending: str = WHOLE) -> Path:
    path = studio.visits.result(visit, result) / f"take-{take}{ending}"
    if not path.is_file():
        raise Unknown("There is no such take of that result.")
    return path


@router.get("/visits/{visit}/results/{result}")
async def show_result(studio: Here, visit: str, result: str) -> Json:
    """The settings of a result, and how far it is."""
    return read_json(studio.visits.result(visit, result) / "result.json", "result")


@router.get("/visits/{visit}/results/{result}/takes/{take}")
async def show_take(studio: Here, visit: str, result: str, take: int) -> Response:
    """The notes of a take."""
    return FileResponse(_take(studio, visit, result, take, ".json"), media_type="application/json")


@router.get("/visits/{visit}/results/{result}/base")
async def show_base(studio: Here, visit: str, result: str) -> Response:
    """The song as it was heard when the result was made."""
    path = studio.visits.result(visit, result) / "base.json"
    return FileResponse(path, media_type="application/json")


@router.delete("/visits/{visit}/results/{result}", status_code=204)
async def drop_result(studio: Here, visit: str, result: str) -> Response:
    """Throw a result away; one that is being made is stopped first."""
    folder = studio.visits.result(visit, result)
    for job in studio.jobs.of_visit(visit):
        if job.about.get("result") == result:
            await studio.jobs.cancel(job)
    shutil.rmtree(folder, ignore_errors=True)
    return Response(status_code=204)


@router.get("/visits/{visit}/results/{result}/files/{name}", response_class=Response)
async def take_away(studio: Here, visit: str, result: str, name: str, take: Take = 0) -> Response:
    """A file of a result: see `files` in /api/about. It is written when it is first asked for."""
    if name not in engine.FILES and not engine.TRACK_FILE.fullmatch(name):
        raise Unknown("There is no such file: see /api/about.")
    folder = studio.visits.result(visit, result)
    told = read_json(folder / "result.json", "result")
    song = _take(studio, visit, result, take)
    made = folder / "files" / str(take)
    if not (made / name).is_file():
        made.mkdir(parents=True, exist_ok=True)
        task = {
            "song": str(song),
            "base": str(folder / "base.json"),
            "swing": told["swing"],
            "count_in": told["settings"].get("count_in", False),
            "name": name,
            "folder": str(made),
            "title": told["title"],
        }
        job = studio.jobs.add(visit, "export", task, {"result": result})
        await job.finished()
        if job.state != "done":
            raise HTTPException(422, job.message or "That was stopped.")
    ending = Path(name).suffix
    called = _file_name(told, name)
    return FileResponse(made / name, media_type=_TYPES[ending], filename=called)


def _file_name(told: Json, name: str) -> str:
    """What a file is called when it is taken away: the song and its style."""
    title, style = (
        re.sub(r"\W+", "-", told.get(name, "").lower()).strip("-") for name in ("title", "style")
    )
    kind = {"stems.zip": ".stems", "parts.zip": ".parts", "tracks.zip": ".tracks"}.get(name, "")
    return f"{title}.{style}{kind}{Path(name).suffix}"


def _job(studio: Studio, visit: str, job: str) -> Job:
    found = studio.jobs.find(visit, job)
    if found is None:
        raise Unknown("There is no such job, or it ended long ago.")
    return found


@router.get("/visits/{visit}/jobs/{job}")
async def show_job(studio: Here, visit: str, job: str) -> Json:
    """How far a job is: waiting, running, done, failed or cancelled."""
    return _job(studio, visit, job).public()


@router.delete("/visits/{visit}/jobs/{job}")
async def cancel_job(studio: Here, visit: str, job: str) -> Json:
    """Stop a job; it ends within a bar."""
    found = _job(studio, visit, job)
    await studio.jobs.cancel(found)
    return found.public()


@router.get("/visits/{visit}/jobs/{job}/events", response_class=Response)
async def listen(
    studio: Here,
    visit: str,
    job: str,
    last_event_id: Annotated[str, Header(pattern=r"^\d{0,9}$")] = "",
) -> Response:
    """Server-sent events, each a line of JSON: `begin`; `plan` {bars, before}, the bar lines of the
    result and how many ticks later the song begins in it; `bar` {done, all}; `music` {take, bar,
    tracks} with the notes that are new and stand; `end` {state, message}. When the last listener
    leaves, the job is cancelled after a few seconds; `Last-Event-ID` goes on where it was."""
    found = _job(studio, visit, job)
    stream = _stream(studio, found, int(last_event_id or 0))
    return StreamingResponse(
        stream, media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _stream(studio: Studio, job: Job, after: int) -> AsyncIterator[str]:
    async for item in studio.jobs.events(job, after):
        if item is None:
            yield ": still there\n\n"
        else:
            number, event = item
            yield f"id: {number}\ndata: {dumps(event)}\n\n"
