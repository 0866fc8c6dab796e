"""Briefs of the task force, as pages and as paper, and the demonstration ledger to try them on."""
