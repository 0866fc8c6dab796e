"""Tests of the rooms; they run on SQLite and on PostgreSQL."""
