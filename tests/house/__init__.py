"""Tests of the house itself: floors, doors, migrations, pages, files."""
