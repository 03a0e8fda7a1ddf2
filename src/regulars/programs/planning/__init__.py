"""What a program would cost, and who would gain: a draft folded over what customers did.

It is the ledger's own fold. What customers did is history; how they would spend what the draft gives is assumed, and
said (`assuming`). Unchanged behaviour is assumed otherwise.
"""
