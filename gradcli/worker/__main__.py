"""Entry point of the worker process."""

from gradcli.worker.server import main

if __name__ == "__main__":
    main()
