"""`python -m dripcourse` is `dripcourse`."""

from dripcourse.cli import main

if __name__ == "__main__":
    main()
