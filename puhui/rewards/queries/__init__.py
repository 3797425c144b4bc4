"""What the API and the pages show, in values."""
