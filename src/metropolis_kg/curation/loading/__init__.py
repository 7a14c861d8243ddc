"""Loading a release into a remote SPARQL store, beside those that are there, and having it served.

``loader`` is the way from one to the other; ``target`` is the store as the loader meets it. Whatever a killed loader
leaves behind is a release that is not said to be whole: no reader meets it, and the next loader removes it.
"""
