"""What two documents of a program say differently: thing by thing, word by word, and in sentences.

`differing` finds it, `labels` has what people call each word, `telling` makes sentences in the language that is active.
"""

from regulars.programs.changes.differing import Change, Thing, changes
from regulars.programs.changes.telling import told

__all__ = ["Change", "Thing", "changes", "told"]
