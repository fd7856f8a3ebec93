"""What the owner of a server may see and do. The routes and the pages share the services here."""
