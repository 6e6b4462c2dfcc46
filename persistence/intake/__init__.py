"""What arrives in batches and files.

Each line is read, judged, and recorded or refused with a reason.
"""
