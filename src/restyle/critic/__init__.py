"""What is asked of an arrangement while it is made: profile, judge, ear, takes."""
