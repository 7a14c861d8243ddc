"""A publisher of linked data is asked how it behaves: any publisher, from outside, by what the standards promise.

    discovery (what is where)  ──►  behaviours, one module a group  ──►  examination  ──►  reports
                        all of them ask by the one ``client``

A behaviour is a function that yields findings; what it is called and why it matters stands in ``behaviours.toml``.
"""
