"""Training the intent model.  The only room that imports scikit-learn: the daemon never does."""
