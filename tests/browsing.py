"""What the tests in a browser share."""


def settled(page):
    """Wait until nothing is computed any more."""
    page.wait_for_selector("body[data-busy=no]")
