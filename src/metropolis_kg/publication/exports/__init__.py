"""What is published, in the formats of others: Popolo, a table of tenures, schema.org.

Each is written piece by piece, in the order of IRIs, so that equal releases give equal bytes and memory is bounded by
the list of IRIs. What a format has no place for is said in the format where that is possible, and counted.
"""
