"""Each name of Prefect's that is neither its public client nor its server's OpenAPI. An upgrade that moves one fails
here; `api/tracking/prefect_names.py` is the only module to mend."""

import hashlib
import inspect
from contextvars import ContextVar
from uuid import uuid4

import prefect
import pytest
from prefect import Task
from prefect._internal.concurrency.services import _QueueServiceBase
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.context import AsyncClientContext, ContextModel, SettingsContext, TaskRunContext
from prefect.events.clients import PrefectEventsClient
from prefect.events.related import object_as_related_resource
from prefect.events.schemas.events import Event
from prefect.events.worker import EventsWorker
from prefect.flow_engine import run_flow_async
from prefect.results import get_default_result_storage
from prefect.settings import get_current_settings
from prefect.states import AwaitingRetry, Completed, Failed, Pending, Running, to_state_create
from prefect.task_engine import AsyncTaskRunEngine
from prefect.utilities import engine as engine_utilities
from prefect.utilities.engine import emit_task_run_state_change_event

from api.tracking import prefect_names
from api.tracking.client import TrackingClient
from api.tracking.ledger import Ledger


def parameters(call):
    return set(inspect.signature(call).parameters)


def test_the_version_is_the_one_that_was_measured():
    assert prefect.__version__ == "3.8.8"


def test_a_flow_runs_as_a_given_flow_run():
    assert {"flow", "flow_run", "parameters", "return_type"} <= parameters(run_flow_async)


def test_contexts_hold_their_value_in_a_context_variable():
    assert isinstance(AsyncClientContext.__var__, ContextVar) and isinstance(SettingsContext.__var__, ContextVar)
    assert {"profile", "settings"} <= set(SettingsContext.model_fields)
    assert issubclass(AsyncClientContext, ContextModel)


async def test_the_engine_takes_the_client_it_finds_in_the_context():
    context = prefect_names.EngineContext("http://127.0.0.1:9/api", "local-file-system/any")
    with context.entered():
        client = TrackingClient("http://127.0.0.1:9/api", Ledger())
    async with client:
        context.share(client)
        with context.entered():
            assert prefect.get_client() is client
            async with AsyncClientContext.get_or_create() as found:
                assert found.client is client
            assert get_current_settings().flows.heartbeat_frequency is None
            assert get_current_settings().api.url == "http://127.0.0.1:9/api"
    assert get_current_settings().flows.heartbeat_frequency is not None


def test_the_client_has_the_methods_that_ours_replaces():
    assert {"flow_run_id", "state", "force"} <= parameters(PrefectClient.set_flow_run_state)
    assert {"flow_run_id", "flow_version", "tags"} <= parameters(PrefectClient.update_flow_run)
    assert {"flow_run_id"} <= parameters(PrefectClient.read_flow_run)
    assert {"method", "path", "path_params", "json"} - parameters(PrefectClient.request) <= {"json"}


def test_a_state_is_proposed_with_its_details():
    proposed = prefect_names.transition(Completed(name="Degraded", message="m"))
    assert (proposed["type"], proposed["name"], proposed["message"]) == ("COMPLETED", "Degraded", "m")
    assert "transition_id" in proposed["state_details"] and to_state_create(Pending())
    assert prefect_names.accepted(Completed()).status == "ACCEPT"


def test_what_a_flow_raised_is_found_in_its_state():
    error = ValueError()
    assert prefect_names.raised_in(Failed(data=error)) is error
    assert prefect_names.raised_in(Failed(message="m")) is None


def test_events_are_sent_by_a_worker_that_can_be_drained():
    assert "timeout" in parameters(EventsWorker.drain_all)


def test_a_silent_servers_events_can_be_abandoned():
    assert isinstance(EventsWorker._instances, dict)
    made = inspect.getsource(_QueueServiceBase.__init__)
    assert "self._loop:" in made and "self._task:" in made
    assert "_websocket" in PrefectEventsClient.__annotations__


def test_result_storage_can_be_read_ahead():
    assert not parameters(get_default_result_storage)


def test_a_retry_is_decided_by_a_plain_function_before_its_delay_is_read():
    source = inspect.getsource(AsyncTaskRunEngine.handle_retry)
    assert 0 < source.index("self.can_retry(") < source.index("self.task.retry_delay_seconds")
    assert "inspect.isfunction(retry_condition)" in inspect.getsource(AsyncTaskRunEngine.can_retry)
    assert "task_run" in TaskRunContext.model_fields


def test_the_engine_of_a_task_is_made_of_the_parts_that_ours_uses_and_replaces():
    engine = AsyncTaskRunEngine
    assert {"task", "parameters", "task_run"} <= parameters(engine)
    assert {"exc_or_state"} <= parameters(engine.handle_retry) and {"exc"} <= parameters(engine.handle_exception)
    assert {"state", "force"} <= parameters(engine.set_state)
    assert all(callable(part) for part in (engine.start, engine.is_running, engine.wait_until_ready))
    started = inspect.getsource(engine.start)
    assert started.count("await self.begin_run()") == 1
    assert "if not self.task_run:" in inspect.getsource(engine.initialize_run)
    assert {"parameters"} <= parameters(Task.create_local_run)
    assert {"state", "state_id", "state_type", "state_name", "start_time", "run_count"} <= set(TaskRun.model_fields)


def test_what_we_do_at_a_transition_is_what_the_engine_did_when_ours_was_written():
    source = inspect.getsource(AsyncTaskRunEngine.set_state)
    told = "read Prefect's set_state again, and make TaskRunEngine.set_state do as it does"
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "0ce46cac0dd4df2b", told


@pytest.mark.parametrize("follows", [None, Running()])
@pytest.mark.parametrize("now", [Completed(message="m"), Failed(name="TimedOut"), AwaitingRetry(), Completed(data=1)])
def test_what_a_task_run_tells_is_prefects_own_event(monkeypatch, now, follows):
    sent = []

    def keep(*, follows, **event):
        sent.append(Event(follows=follows and follows.id, **event))

    monkeypatch.setattr(engine_utilities, "emit_event", keep)
    before = Running()
    run = TaskRun(id=uuid4(), name="stage-1", task_key="stage", dynamic_key="1", flow_run_id=uuid4(), state=now)
    run.start_time, run.end_time, run.run_count = before.timestamp, now.timestamp, 1
    now.state_details.task_run_id, now.state_details.flow_run_id = run.id, run.flow_run_id
    theirs = follows and Event(id=follows.id, event="e", resource={"prefect.resource.id": "x"})
    ours = follows and {"id": str(follows.id)}
    emit_task_run_state_change_event(run, before, now, theirs)
    assert Event.model_validate(prefect_names.task_run_event(run, before, ours, [])) == sent[0]


def test_what_belongs_to_a_task_run_is_named_as_prefect_names_it():
    run = FlowRun(flow_id=uuid4(), name="n")
    entry = {"kind": "flow-run", "role": "flow-run", "object": run}
    assert dict(object_as_related_resource(**entry)) == prefect_names.resource_of("flow-run", run.id, "n")


async def test_the_routes_we_post_to_are_in_the_servers_openapi(recorded):
    document = (await recorded.client._client.get(recorded.client.api_url.join("../openapi.json"))).json()
    paths = {path.removeprefix("/api") for path in document["paths"]}
    for route in (
        prefect_names.BULK_CREATE,
        prefect_names.BULK_DELETE,
        prefect_names.BULK_SET_STATE,
        prefect_names.SET_STATE,
        prefect_names.EVENTS,
        prefect_names.COUNT_TASK_RUNS,
        "/flow_runs/",
    ):
        assert route in paths
    assert "id" not in document["components"]["schemas"]["FlowRunCreate"]["properties"], "ids can be chosen now"
    assert FlowRun.model_fields
