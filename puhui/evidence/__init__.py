"""Photographs that support a claim: really decoded, freed of metadata, found again when reused."""
