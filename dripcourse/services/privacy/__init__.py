"""A reader's data: exported, erased, and deleted when its time is over."""
