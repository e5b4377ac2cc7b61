"""A page to think with, in the browser of this machine alone: :func:`~coldspin.explorer.server.serve` starts it."""
