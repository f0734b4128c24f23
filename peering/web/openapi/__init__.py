"""The OpenAPI document: what every route takes and answers. Loaded by the first that asks for it."""
