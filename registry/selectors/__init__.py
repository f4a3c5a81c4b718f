"""What the record can be asked; `log`, `statements` and `works` are the door for `consent`."""
