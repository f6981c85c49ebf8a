"""What the studio allows: sizes, lengths, numbers and times, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one visitor from taking the machine from the others."""

    upload_bytes: int = 5 * 2**20
    """The longest MIDI songs have 1 MB; scores of whole operas 5."""
    body_bytes: int = 256 * 2**10
    """Any other request."""
    song_bars: int = 800
    song_notes: int = 60_000
    takes: int = 4
    compose_notes: int = 2000
    visits: int = 500
    songs_a_visit: int = 30
    results_a_visit: int = 100
    visit_bytes: int = 300 * 2**20
    visit_seconds: float = 24 * 3600.0
    waiting: int = 60
    """Jobs that may wait, of each kind of worker."""
    waiting_a_visit: int = 4
    job_seconds: float = 300.0
    grace_seconds: float = 1.0
    """How long a job that is cancelled may take to stop by itself, before its process is ended."""
    reconnect_seconds: float = 3.0
    """How long a job goes on when the last one who listened to its events has gone."""
    memory_bytes: int = 1500 * 2**20
    """Memory of a worker above which it is replaced after its job."""
