"""Search over listings: a numeric library that knows no Django, no database, no clock and no network."""
