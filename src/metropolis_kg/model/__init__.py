"""What we say: names, time, evidence, named graphs. Pure: no files but those handed over, no network, no clock."""
