"""`python -m coldspin` is the command `coldspin`."""

from coldspin.cli import main

if __name__ == "__main__":
    main()
