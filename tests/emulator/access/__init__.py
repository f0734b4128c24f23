"""Who may do what: locks, roles, deny assignments and policies, over the wire."""
