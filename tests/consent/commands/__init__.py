"""The operators' commands of the answer."""
