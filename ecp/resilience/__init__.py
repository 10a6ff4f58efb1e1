"""How long a store is waited for, how often it is asked again, and what happens without it."""
