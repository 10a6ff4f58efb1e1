"""`make bench`: what a resolution costs, and what of that is ours."""
