"""Bundles (text, HTML, JPEG) of jobs, pictures, tables, costs and help; no IPython, so every surface shows the same."""
