"""Commands for operators and scripts."""
