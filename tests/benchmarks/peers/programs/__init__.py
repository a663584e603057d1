"""Programs that run in a peer's own environment: of the project they import only what stands in this folder."""
