"""Who may do what where: locks, roles, deny assignments, policies. It knows scopes and actions, and no resource."""
