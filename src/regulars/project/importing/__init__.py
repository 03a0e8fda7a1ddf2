"""What an import costs beside a bare COPY of the rows that it makes, and their proof: `regulars bench import`."""
