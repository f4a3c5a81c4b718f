"""The pages of the answer."""
