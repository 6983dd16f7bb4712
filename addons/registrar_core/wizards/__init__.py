from . import registrar_study_plan_fill
from . import registrar_study_plan_return
