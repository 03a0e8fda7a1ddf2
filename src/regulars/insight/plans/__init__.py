"""A plan as one page that a merchant can send, print and open anywhere: nothing is fetched and nothing runs.

Its charts are drawn here as plain SVG and not by the dashboard's library: each stands twice in the page, wide and for a
phone, in colours that the page's mode decides, and costs no time.
"""
