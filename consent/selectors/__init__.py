"""What the answer can be asked about itself."""
