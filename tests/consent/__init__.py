"""What the answer must do."""
