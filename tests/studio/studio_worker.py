"""A worker that only pretends: it hears at once, and plays a bar every 20 milliseconds. A song that
is called "deaf" is played by who hears no cancellation; "long" ones, too, have 10,000 bars."""

import json
import re
import sys
import threading
import time
from pathlib import Path

HEARD = {
    "key": {"name": "C major"},
    "meter": "4/4",
    "bpm": 120.0,
    "bar_count": 4,
    "title": "A tune",
}
SONG = {
    "ticks": 480, "title": "A tune", "end": 1920, "pickup": 0, "made_with": "", "bars": [0, 1920],
    "meters": [[0, 4, 4]], "tempos": [[0, 120.0]], "keys": [], "chords": [], "markers": [],
    "tracks": [{"name": "Piano", "program": 0, "drum": False, "notes": [[0, 480, 60, 80]]}],
}  # fmt: skip


def bars_of(title):
    """Bar lines that tell one song from another: "song 7" has seven bars."""
    return [1920 * i for i in range(int((re.findall("[0-9]+", title) or [1])[0]) + 1)]


cancelled = set()
tasks = []
ready = threading.Condition()


def read():
    for line in sys.stdin:
        data = json.loads(line)
        with ready:
            if "cancel" in data:
                cancelled.add(data["cancel"])
            else:
                tasks.append(data)
            ready.notify()
    with ready:
        tasks.append(None)
        ready.notify()


def say(**event):
    print(json.dumps(event), flush=True)


def make(task):
    folder, title = Path(task["folder"]), task["title"]
    bars = 10_000 if title in ("long", "deaf") else 4
    for bar in range(bars):
        if task["job"] in cancelled and title != "deaf":
            return "cancelled"
        time.sleep(0.02)
        say(event="bar", done=bar + 1, all=bars)
    for name in ("take-0.json", "take-0.song.json"):
        (folder / name).write_text(json.dumps(SONG | {"bars": bars_of(title)}))
    path = folder / "result.json"
    told = json.loads(path.read_text()) | {"state": "done", "takes": 1, "style": "x", "swing": 1.0}
    path.write_text(json.dumps(told))
    return "done"


def main():
    threading.Thread(target=read, daemon=True).start()
    while True:
        with ready:
            ready.wait_for(lambda: tasks)
            task = tasks.pop(0)
        if task is None:
            return
        state = "done"
        if task["kind"] == "hear":
            folder = Path(task["folder"])
            (folder / "lead.json").write_text("{}")
            (folder / "heard.json").write_text(
                json.dumps(HEARD | {"title": task["title"], "bars": bars_of(task["title"])})
            )
        elif task["kind"] == "make":
            state = make(task)
        elif task["kind"] == "export":
            (Path(task["folder"]) / task["name"]).write_bytes(b"made")
        say(end=state, memory=0)


main()
