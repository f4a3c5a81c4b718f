"""What the rules must answer, for every row of the table."""
