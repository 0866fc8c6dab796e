"""What is done with signals: watch all streams, review one signal."""
