"""Floor 2: one class per feature, one method per command; what they need from outside is in ports.py."""
