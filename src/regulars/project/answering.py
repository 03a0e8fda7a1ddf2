"""As little HTTP as is needed to measure the other side."""


def is_whole(came: bytes) -> bool:
    """Whether an answer is there to its end, as its Content-Length says."""
    end = came.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = int(came[:end].lower().split(b"content-length:")[1].split(b"\r\n", 1)[0])
    return len(came) >= end + 4 + length
