"""What is observed in Azure: ids, addresses, networks and their halves, ARM's JSON, and what its failures mean."""
