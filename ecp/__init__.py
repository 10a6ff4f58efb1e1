"""The core: understanding, stores, policy, proof. Nothing of Prefect or FastAPI is in it."""

# Before numpy, which the graph's driver and the embeddings load: after it, rego-cpp (1.5.2) binds to another
# allocator and never gives back what a decision took, some 9 kB each.
import regopy as regopy
