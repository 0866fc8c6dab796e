"""Readers of the open pages: what is written in Markdown becomes articles."""
