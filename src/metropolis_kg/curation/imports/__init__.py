"""What others have in tables and in Popolo, as content: each row a claim with its evidence, or reported."""
