"""The stores: one Protocol each in `protocols`, and their adapters."""
