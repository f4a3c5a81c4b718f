"""What can be done with answers, firms and quotas: one verb, one transaction."""
