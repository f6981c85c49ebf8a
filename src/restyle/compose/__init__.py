"""The next-note LSTM: new music in a style."""
