"""The arranger's network: shape, training windows, training, fine-tuning, export."""
