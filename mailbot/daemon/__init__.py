"""The unattended parts: the poller, the reconciler, and the two steps that workers run."""
