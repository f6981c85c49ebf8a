"""MusicXML, written."""
