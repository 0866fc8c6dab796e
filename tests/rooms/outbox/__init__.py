"""Tests of the room outbox."""
