"""The open pages: find treatment, read about it, call for help."""
