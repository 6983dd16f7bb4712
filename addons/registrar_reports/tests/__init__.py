from . import test_contingent_report
from . import test_downloads
from . import test_movement
from . import test_movement_report
from . import test_table
from . import test_transcript
from . import test_transcript_contents
