"""New things, claims and pages: what they are asked for, the Turtle they become, and where in a file it goes."""
