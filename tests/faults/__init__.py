"""Things going wrong: workers killed, disks full, clocks wrong, databases away. The truth is read from the receiver's side."""
