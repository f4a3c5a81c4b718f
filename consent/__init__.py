"""The answer: what may be done with a work, asked by AI firms."""
