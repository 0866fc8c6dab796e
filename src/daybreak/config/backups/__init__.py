"""Copies an installation into one file and puts it back; row checksums prove that nothing was lost on the way."""
