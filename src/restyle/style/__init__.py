"""Styles: named, blended, by example; and how an arrangement in one becomes a song."""
