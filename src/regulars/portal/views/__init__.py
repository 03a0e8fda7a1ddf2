"""The pages of the portal, by what a member does there."""
