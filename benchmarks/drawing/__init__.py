"""How well drawings are recognized."""
