from . import verify
from . import import_files
