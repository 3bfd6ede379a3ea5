"""Run the command line: python -m feedback."""

from feedback.cli import main

if __name__ == "__main__":
    main()
