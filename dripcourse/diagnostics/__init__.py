"""`doctor`: what the network, the files and the pages of an installation show."""
