"""HTTP for programs, and nothing else."""
