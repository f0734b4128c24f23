"""Those who know of the app only what its OpenAPI document says."""
