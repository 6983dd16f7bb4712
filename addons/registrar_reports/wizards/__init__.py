from . import registrar_contingent_report
from . import registrar_contingent_report_line
from . import registrar_movement_report
from . import registrar_transcript_issue
