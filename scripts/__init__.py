"""What the Makefile runs, and the fakes that demos and tests share."""
