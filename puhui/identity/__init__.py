"""People, organisations, roles, sessions, consent."""
