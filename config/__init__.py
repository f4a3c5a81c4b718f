"""Deployment: the only code that reads the environment."""
