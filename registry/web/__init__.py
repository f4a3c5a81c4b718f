"""Pages for creators, their representatives and auditors."""
