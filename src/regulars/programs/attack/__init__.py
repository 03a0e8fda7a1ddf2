"""Attacks on a program: what a customer gets for nothing who buys, returns, spends and waits in the worst order.

`ground` reads off a document what invites; `moves` are what a customer can do, `walks` and `probes` make sequences of
them; `enacting` folds a sequence and writes it down as a story; `weighing` says what was gained, and by which policy;
`shrinking` leaves out what is not needed; `searching` goes on until the time is over. docs/attack.md is the manual.
"""
