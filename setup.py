"""What pyproject.toml cannot say: the notebooks at the top of the repository are part of the package when installed."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["toolkit*"]), "toolkit.notebooks"],
    package_dir={"toolkit.notebooks": "notebooks"},
)
