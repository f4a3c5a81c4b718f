"""What the services of the record must do, and refuse."""
