from . import registrar_result_correction_report
from . import registrar_sheet_report
