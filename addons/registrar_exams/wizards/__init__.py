from . import registrar_sheet_import
from . import registrar_sheet_open
from . import registrar_sheet_return
