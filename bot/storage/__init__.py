"""Floor 1: the ledger and its projections, the write lane, and the files beside them."""
