"""New music in a style: a lead sheet for the band, and the field's classic next-note LSTM."""
