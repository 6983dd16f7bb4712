from . import registrar_transcript_report
