from .client import AuthenticatedClient, Client
__all__ = ('AuthenticatedClient', 'Client')
