"""What gunicorn serves: pgAdmin as a server with log-ins. Importing it creates the configuration database when there is none."""
import builtins

builtins.SERVER_MODE = True

from pgAdmin4 import app  # noqa: E402,F401
