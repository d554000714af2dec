__all__ = ['__version__']
__version__: str

def __getattr__(name: str) -> str:
    ...
