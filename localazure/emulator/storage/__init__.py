"""The door to storage: a proxy of ours between the app and Azurite, which can make any call of the app go wrong.

It speaks no HTTP of its own: it reads where messages begin and end, and passes their bytes on as they are. So it costs
next to nothing, and signatures, etags and chunks stay as client and Azurite wrote them.
"""

from localazure.emulator.storage.door import Door, UnusableStorage

__all__ = ["Door", "UnusableStorage"]
