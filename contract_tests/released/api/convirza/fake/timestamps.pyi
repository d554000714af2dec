from datetime import UTC, datetime

def timestamp(moment: datetime) -> str:
    ...
