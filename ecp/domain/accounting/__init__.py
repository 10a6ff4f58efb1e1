"""What of a question would be dropped: every word, sign and cue has an effect, or it was not understood."""

from ecp.domain.accounting.checking import unaccounted

__all__ = ["unaccounted"]
