"""From what users give to a checked Plan, before a key is needed or money moves."""
