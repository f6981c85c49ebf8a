"""Hearing: meter, swing, key, chords and melody of a song.

`listen(song)` tells everything that was heard; `hear(song)` only the lead sheet.
"""

from restyle.analysis.listen import Heard, hear, listen

__all__ = ["Heard", "hear", "listen"]
