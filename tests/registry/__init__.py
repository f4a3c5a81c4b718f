"""What the record must do."""
