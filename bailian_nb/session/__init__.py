"""One session a process, and what it is used for: send, hold, answer from disk, rerun, resume, examine."""
