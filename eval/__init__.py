"""Verifies claims against evidence, merges stances into verdicts and renders reports."""
