"""What the API's reads take the server beside one row by its key, through the same door: `regulars bench reads`."""
