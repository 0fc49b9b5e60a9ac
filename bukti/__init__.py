"""bukti: verifies an article's claims against reference sources, offline, in Indonesian and English."""
