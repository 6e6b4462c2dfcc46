"""What arrives in batches and files: each line is read, judged, and recorded or refused with a reason."""
