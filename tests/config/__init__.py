"""Tests of the deployment: settings, the two commands and what they start."""
