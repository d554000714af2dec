from convirza.fake.app import DEFAULT_TOKEN, create_app
from convirza.fake.records import DEFAULT_SEED, DOCUMENTED_CALL_ID, FORBIDDEN_CALL_ID, UNKNOWN_CALL_ID, ids_in_scope
from convirza.fake.scenarios import SCENARIO_HEADER, SCENARIOS
from convirza.fake.transport import FakeTransport
__all__ = ['DEFAULT_SEED', 'DEFAULT_TOKEN', 'DOCUMENTED_CALL_ID', 'FORBIDDEN_CALL_ID', 'SCENARIOS', 'SCENARIO_HEADER', 'UNKNOWN_CALL_ID', 'FakeTransport', 'create_app', 'ids_in_scope']
