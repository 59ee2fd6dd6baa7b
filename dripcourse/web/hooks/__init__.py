"""What providers post: events and incoming mail, each with its signature verified."""
