"""The door for members: phone first, quick at the till, and readable by whoever has never seen it."""
