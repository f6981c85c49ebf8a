"""Songs as lead sheets: a network of tune and chords, and the form that holds them together."""
