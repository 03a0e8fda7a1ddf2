"""The first load of a shop that has members already: who they are, what they have, and proof that it all came in."""
