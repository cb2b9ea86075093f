"""Loops, worker threads, forks, the clock, whole files and locks: what any program needs, and knows no picture."""
