from . import registrar_xlsx
from . import registrar_contingent_scope
from . import registrar_enrolment
from . import registrar_group
from . import registrar_student
from . import registrar_transcript
