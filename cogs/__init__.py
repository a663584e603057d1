"""Floor 3: what people type and press, both platforms of one feature in one file; translators, nothing more."""
