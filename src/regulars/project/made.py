"""`python -m regulars.project.made`: everything that a start would write beside the source, written now.

For places where the source cannot be written to later: an image, a folder that belongs to root.
"""

from regulars.insight.charts.bundle import write_bundle
from regulars.project.catalogues import compile_stale

if __name__ == "__main__":
    compile_stale()
    write_bundle()
