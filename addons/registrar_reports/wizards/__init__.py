from . import registrar_transcript_issue
