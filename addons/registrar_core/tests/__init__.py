from . import test_collation
from . import test_document
from . import test_enrolment
from . import test_iin
from . import test_normalise
from . import test_translit
from . import test_verify
