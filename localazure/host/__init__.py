"""The Functions host, small: HTTP, Event Grid webhook, queues and timers around Microsoft's own Python worker library.

It is the outer loop that Azure runs in .NET. What it does, and the words it uses, follow the sources of
Azure/azure-functions-host and of the queue and Event Grid extensions; the functions themselves are indexed and
invoked by `azure-functions-runtime`, the library that does so in Azure.
"""
