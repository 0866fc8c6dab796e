"""Messages waiting to leave: written with the change that they tell of, sent after it is kept."""
