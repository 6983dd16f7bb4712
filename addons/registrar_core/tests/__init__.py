from . import test_document
from . import test_enrolment
from . import test_verify
