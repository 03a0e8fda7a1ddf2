"""How many accounts time's own work brings to the present: `regulars bench due`."""
