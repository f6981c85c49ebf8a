"""Engraved pages, and the layout that MusicXML and pages share."""
