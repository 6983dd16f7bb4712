from . import registrar_study_plan_report
from . import registrar_adviser_list_report
from . import registrar_calendar_graph
from . import registrar_class_list_report
from . import registrar_load_sheet
from . import registrar_curriculum_report
from . import registrar_catalogue_report
from . import registrar_personal_file_report
