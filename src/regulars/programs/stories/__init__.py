"""Stories: a program, what happens to a member, and what must be true after each step.

`reading` turns a file into steps, or says all that is wrong with it; `acting` folds them as the ledger would; `judging`
compares what is there with what the story expects; `telling` shows a step that failed. docs/stories.md is the manual.
"""
