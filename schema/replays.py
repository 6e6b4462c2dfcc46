"""What the keys of acts tell of what they brought: until when it can be replayed, and whose key it was."""
