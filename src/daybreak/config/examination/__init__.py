"""Examines an installation: settings, database, audit, files and index; finds what is wrong before somebody needs it."""
