"""The story of a request, top to bottom: worker, reconcile, drain, batch, apply, outcome."""
