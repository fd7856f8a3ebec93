"""Backend of HiveSync: accounts, projects, previews and the jobs given to the Worker."""

__version__ = "0.1.0"
