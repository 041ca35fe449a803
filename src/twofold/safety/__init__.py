"""What must be said today: from facts alone; works when statistics fail."""
