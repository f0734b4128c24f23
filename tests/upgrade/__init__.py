"""What earlier versions left in tables and on the queue, and that this one reads and finishes it.

A folder for each version holds a dump of it, made by that version's own code: `python -m tests.upgrade.dump`. A dump is
never changed afterwards: it stands for the rows in somebody's storage.
"""
