"""What people use today, one method a file, each on the same written days as Twofold."""
