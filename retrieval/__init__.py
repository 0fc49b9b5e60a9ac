"""Reads sources, cuts passages, keeps the index, finds and ranks evidence."""
