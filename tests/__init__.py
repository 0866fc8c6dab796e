"""Tests of the house, its rooms and its two numeric libraries."""
