from . import registrar_study_plan_report
