"""Where the program's own files are: beside the package in a checkout, inside it in a wheel or a bundle."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"
_CHECKOUT = _PACKAGE.parent / "resources"


def resource(name: str) -> Path:
    """The path of a file or folder under `resources/`, such as `regions.csv` or `icons/camera.svg`."""
    root = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return root / name
