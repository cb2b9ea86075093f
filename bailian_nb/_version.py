"""The version, in a module of its own: whoever names it imports nothing else."""

__version__ = "0.1.0"
