"""Event Grid: filters, deliveries, queues, topics."""
