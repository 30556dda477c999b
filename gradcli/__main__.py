"""``python -m gradcli``."""

import sys

if __name__ == "__main__":
    # Python puts the current directory first; a numpy.py lying there is not ours to import.
    # gradcli itself is imported already, so its own modules are found without it.
    sys.path.pop(0)
    from gradcli.cli.main import run

    run()
