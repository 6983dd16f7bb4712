from . import verify
from . import import_files
from . import adviser_list
from . import calendar
from . import class_lists
