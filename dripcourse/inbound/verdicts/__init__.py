"""What a message is: a person's words, a bounce, a complaint, an automatic answer; and whether its sender is proven."""
