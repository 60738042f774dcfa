throw new Error('Configuration is invalid:\n  - key_one: missing\n  - key_two: not a number');
