"""Reads the published directory for anyone: results of a search, one listing whole."""

from daybreak.public.queries.listing import listing
from daybreak.public.queries.results import results

__all__ = ["listing", "results"]
