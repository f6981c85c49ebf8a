"""Measures: is it still the same song, is it in the style, is it music, is it new?

Pure functions over `Played` (a song as it sounds, on the straight grid). `judge.Judge.load()
.classify(played(lead, arrangement))` says of what style a song is.
"""
