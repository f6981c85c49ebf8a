"""Visits and songs: open, bring, hear, mend, compose, measure."""

from __future__ import annotations

import json
import shutil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response

from restyle.io.files import save
from restyle.studio import engine
from restyle.studio.security import REPORT_POLICY
from restyle.studio.state import EXAMPLES, Studio, new_result, now, title_of
from restyle.studio.visits import Unknown, read_json
from restyle.studio.wishes import Compose, ComposeNotes, Example, Make, Mend, Report

Json = dict[str, Any]
router = APIRouter(prefix="/api")


def studio_of(request: Request) -> Studio:
    """The studio that a request came to."""
    found: Studio = request.app.state.studio
    return found


Here = Annotated[Studio, Depends(studio_of)]


@router.get("/about")
async def about(studio: Here) -> Json:
    """Styles, parts, keys, examples and limits."""
    return studio.about


@router.post("/visits", status_code=201)
async def open_visit(studio: Here) -> Json:
    """Begin a visit; its name is needed for everything else, and should be kept to oneself."""
    return {"visit": studio.visits.open()}


@router.get("/visits/{visit}")
async def show_visit(studio: Here, visit: str) -> Json:
    """The songs, results and jobs of a visit."""
    jobs = [job.public() for job in studio.jobs.of_visit(visit) if not job.over]
    return {**studio.visits.listing(visit), "jobs": jobs}


@router.delete("/visits/{visit}", status_code=204)
async def end_visit(studio: Here, visit: str) -> Response:
    """End a visit: its jobs stop, its files are thrown away."""
    studio.visits.folder(visit)
    for job in studio.jobs.of_visit(visit):
        await studio.jobs.cancel(job)
    studio.visits.end(visit)
    return Response(status_code=204)


@router.post(
    "/visits/{visit}/songs",
    status_code=202,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"format": "binary"}}},
        }
    },
)
async def bring_song(
    studio: Here, visit: str, request: Request, name: Annotated[str, Query(max_length=300)] = ""
) -> Json:
    """Bring a song: the body is the file (MIDI, MusicXML, ABC, kern or a lead sheet of ours), whose
    `name` is only used as a title. The job hears it."""
    studio.visits.folder(visit)
    studio.jobs.room(visit, "hear")
    return _begin(studio, visit, await request.body(), title_of(name))


@router.post("/visits/{visit}/examples", status_code=202)
async def bring_example(studio: Here, visit: str, wish: Example) -> Json:
    """Bring one of the songs that come with the studio."""
    found = [path for path in EXAMPLES.iterdir() if path.stem == wish.example]
    if not found:
        raise Unknown("There is no such example.")
    studio.jobs.room(visit, "hear")
    return _begin(studio, visit, found[0].read_bytes(), engine.example_title(found[0]))


def _begin(studio: Studio, visit: str, data: bytes, title: str) -> Json:
    song, folder = studio.visits.new(visit, "songs")
    save(folder / "source.song", data)
    _note(folder, song, title)
    job = studio.hear(visit, song, folder, title, {})
    return {"song": song, "job": job.id}


def _note(folder: Any, song: str, title: str) -> None:
    told = {"song": song, "title": title, "made": now(), "state": "hearing"}
    save(folder / "song.json", json.dumps(told))


@router.get("/visits/{visit}/songs/{song}")
async def show_song(studio: Here, visit: str, song: str) -> Response:
    """What was heard of a song: its notes by track, chords, key, meter, tempo, sections."""
    path = studio.visits.song(visit, song) / "heard.json"
    if not path.is_file():
        raise Unknown("That song has not been heard yet.")
    return FileResponse(path, media_type="application/json")


@router.delete("/visits/{visit}/songs/{song}", status_code=204)
async def drop_song(studio: Here, visit: str, song: str) -> Response:
    """Throw a song away; what was made of it stays."""
    shutil.rmtree(studio.visits.song(visit, song), ignore_errors=True)
    return Response(status_code=204)


@router.put("/visits/{visit}/songs/{song}/mends", status_code=202)
async def mend_song(studio: Here, visit: str, song: str, mend: Mend) -> Json:
    """Say what is otherwise than it was heard: the song is heard again with that."""
    folder = studio.visits.song(visit, song)
    title = read_json(folder / "song.json", "song")["title"]
    job = studio.hear(visit, song, folder, title, mend.model_dump(exclude_none=True))
    return {"song": song, "job": job.id}


@router.post("/visits/{visit}/compose", status_code=202)
async def compose(studio: Here, visit: str, wish: Compose) -> Json:
    """Write a song and have a band play it: a song of the visit, its lead sheet, and a result of
    it, what the band plays."""
    prime = studio.visits.song(visit, wish.like) / "source.song" if wish.like else None
    studio.jobs.room(visit, "compose")
    song, folder = studio.visits.new(visit, "songs")
    title = f"A {wish.style.replace('/', ' ')} song"
    _note(folder, song, title)
    result, made = studio.visits.new(visit, "results")
    settings = Make(
        to=wish.style, parts=["piano"] if wish.solo else [], seed=wish.seed
    ).model_dump(by_alias=True)  # fmt: skip
    new_result(made, song, title, settings, None)
    if wish.chords:
        save(folder / "chords.txt", wish.chords)
    task = {
        **wish.model_dump(exclude={"like"}),
        "file": str(folder / "source.song"),
        "folder": str(folder),
        "result_folder": str(made),
        "chords": str(folder / "chords.txt") if wish.chords else None,
        "prime": str(prime) if prime else None,
        "title": title,
    }
    job = studio.jobs.add(visit, "compose", task, {"song": song, "result": result})
    return {"song": song, "result": result, "job": job.id}


@router.post("/visits/{visit}/compose/notes", status_code=202)
async def compose_notes(studio: Here, visit: str, wish: ComposeNotes) -> Json:
    """The classic experiment: a tune, note after note; it becomes a song of the visit, which the
    job hears as well."""
    prime = studio.visits.song(visit, wish.like) / "source.song" if wish.like else None
    studio.jobs.room(visit, "notes")
    song, folder = studio.visits.new(visit, "songs")
    _note(folder, song, f"A {wish.style} tune")
    task = {
        "file": str(folder / "source.song"),
        "folder": str(folder),
        "style": wish.style,
        "notes": min(wish.notes, studio.limits.compose_notes),
        "seed": wish.seed,
        "temperature": wish.temperature,
        "prime": str(prime) if prime else None,
    }
    job = studio.jobs.add(visit, "notes", task, {"song": song})
    return {"song": song, "job": job.id}


@router.post("/visits/{visit}/songs/{song}/report", status_code=202)
async def measure(studio: Here, visit: str, song: str, wish: Report) -> Json:
    """Measure what restyle makes of this song, as `restyle evaluate` does."""
    folder = studio.visits.song(visit, song)
    task = {
        "file": str(folder / "source.song"),
        "out": str(folder / "report.html"),
        "targets": wish.targets,
        "title": read_json(folder / "song.json", "song")["title"],
    }
    job = studio.jobs.add(visit, "report", task, {"song": song})
    return {"song": song, "job": job.id}


@router.get("/visits/{visit}/songs/{song}/report", response_class=Response)
async def show_report(studio: Here, visit: str, song: str) -> Response:
    """The report of a song, a page that holds all it needs."""
    path = studio.visits.song(visit, song) / "report.html"
    if not path.is_file():
        raise Unknown("This song has not been measured yet.")
    return FileResponse(
        path, media_type="text/html", headers={"content-security-policy": REPORT_POLICY}
    )
