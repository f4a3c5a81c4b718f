"""Pages that show answers, and the area of AI firms."""
