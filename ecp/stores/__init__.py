"""The stores: one Protocol each in `protocols`, and their adapters."""

# Before numpy, which the graph's driver and the embeddings load: after it, rego-cpp (1.5.2) binds to another
# allocator and never gives back what a decision took, some 20 kB each.
import regopy as regopy
