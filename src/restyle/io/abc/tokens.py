"""What a line of ABC music is made of."""

from __future__ import annotations

import re

LENGTH = r"(?P<top>\d{0,4})(?:(?P<slash>/{1,8})(?P<bottom>\d{0,4}))?"
_HEAD = r"(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<height>[',]{0,12})"
_WORDS = (
    r"(?:d\.?\s?[cs]\.?|da\s?capo|dal\s?segno|(?:da|to|al)\s?coda|(?:al\s)?fine|coda|segno)"
    r"(?:\s?al\.?\s?(?:fine|coda))?(?:\s?\d)?"
)
TOKEN = re.compile(
    r"(?P<comment>%.*)"
    r"|(?P<field>\[(?P<field_name>[A-Za-z]):(?P<field_text>[^\]]{0,2000})\])"
    r'|"(?P<text>[^"]*)"?'
    rf"|(?P<mark>!(?P<mark_name>[^!\s|]{{1,60}}|(?i:\s?{_WORDS}\s?))!)"
    r"|\+(?P<old_chord>(?:[\^_=]{0,2}[A-Ga-g][',]{0,12}\d{0,4}/{0,8}\d{0,4}\s?){1,40})\+"
    + LENGTH.replace("<", "<old_") + r"(?P<old_tie>\s?-)?"
    r"|(?P<plus_mark>\+(?P<plus_name>[A-Za-z.]{1,60})\+)"
    r"|(?P<grace>\{[^}]*\}?)"
    r"|(?P<bar>::+|\.?:*\|[\]:|]*|\[\|[\]:|]*)(?:\s?\[?(?P<bar_ending>\d[\d,.\-]{0,60}))?"
    r"|(?P<ending>\[(?:\d[\d,.\-]{0,60}))"
    r"|\((?P<tuplet>\d{1,2})(?::(?P<q>\d{0,2})(?::(?P<r>\d{0,2}))?)?"
    r"|\[(?P<chord>[^\]|]{0,400})\]" + LENGTH.replace("<", "<chord_") + r"(?P<chord_tie>\s?\.?-)?"
    r"|(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-gzxZXy])(?P<height>[',]{0,12})" + LENGTH
    + r"(?P<tie>\s?\.?-)?"
    r"|(?P<broken>>+|<+)"
    r"|(?P<overlay>&)"
    r"|(?P<tie_later>-)"
    r"|(?P<short>[H-WYh-w~])"
    r"|(?P<excess>\d{2,})"
    r"|(?P<other>.)",
    re.DOTALL,
)  # fmt: skip
"""One thing after another in a line of music; every character belongs to one."""
IN_CHORD = re.compile(
    r'"(?P<text>[^"]*)"|!(?P<mark>[^!]*)!|' + _HEAD + LENGTH + r"(?P<tie>\s?\.?-)?"
)
"""Notes, texts and decorations within [ and ]."""
DYNAMICS = frozenset(("f", "ff", "fff", "ffff"))
"""+f+ is loud, and no chord."""
