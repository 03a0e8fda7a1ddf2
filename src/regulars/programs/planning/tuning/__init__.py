"""Named numbers of a draft moved within bounds until a plan meets stated aims: `regulars plan --tune`."""
