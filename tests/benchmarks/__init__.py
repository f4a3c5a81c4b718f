"""What the registry costs beside the bare database, in alternating rounds on one machine."""
