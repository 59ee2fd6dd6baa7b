"""Years of readers' lives in seconds: simulated time, drawn faults, and judges that look from the receiver's side."""
