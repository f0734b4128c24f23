"""Every `az` line that we give people, given to the parser of the pinned Azure CLI."""
