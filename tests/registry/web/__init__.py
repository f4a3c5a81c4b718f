"""What the pages of the record must do."""
