"""MusicXML and kern, read through music21."""
