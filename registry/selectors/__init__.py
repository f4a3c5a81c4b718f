"""What the record can be asked; `matches`, `statements` and `log` are the door for `consent`."""
