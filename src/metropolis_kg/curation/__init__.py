"""From files to a release: read, derive, validate, freeze. The stewards' half; knows nothing of publication."""
