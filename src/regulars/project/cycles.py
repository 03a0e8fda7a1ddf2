"""How often a process looks for objects that only know each other."""

import gc

# So many more objects, then so many rounds of the youngest, and of the middle. Python's own are 700, 10, 10.
THRESHOLDS = (200_000, 20, 20)


def search_rarely() -> None:
    """Called when everything is loaded, which stays as long as the process and is not looked at again.

    What is worked out from facts are many small values that live until it is kept: with Python's own thresholds,
    looking for cycles among them took two fifths of the CPU that an order in a batch costs, and a ninth with 10,000:
    what two batches of orders are until they are written is more than that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
