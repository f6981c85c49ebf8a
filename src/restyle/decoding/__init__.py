"""From a lead sheet to an arrangement: the exported network, and what chooses among its tokens."""
