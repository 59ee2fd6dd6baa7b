"""What several tests share: real parts, put together as the product does it."""
