"""Rules of the open pages: what the guided path means, where things go on a map."""
