"""What the registry costs beside named rivals, in alternating rounds on one machine."""
