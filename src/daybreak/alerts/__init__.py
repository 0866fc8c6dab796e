"""Signals: where the ledger's streams rise above what they should, ranked each morning, reviewed by people."""
