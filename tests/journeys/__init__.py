"""Journeys: what people do on the real site, in a real browser."""
