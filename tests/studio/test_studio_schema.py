"""Everything that the OpenAPI document allows, and some that it does not, asked of the studio: it
answers as documented, and never with an error of its own."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient
from visitor import PRETENDS, Visitor

from restyle.studio.app import create_app
from restyle.studio.limits import Limits

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


PATIENT = Limits(waiting=2000, waiting_a_visit=2000, songs_a_visit=2000, results_a_visit=2000)


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory):
    """A studio with a visit, a song, a result and a job, whose names stand for the parameters."""
    app = create_app(tmp_path_factory.mktemp("studio"), PATIENT, worker=PRETENDS)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        visitor = Visitor(client)
        song = visitor.heard(b"x")
        begun = visitor.make(song).json()
        visitor.end(begun["job"])
        visit = visitor.at.rsplit("/", 1)[1]
        made = {"result": begun["result"], "job": begun["job"], "take": 0, "name": "song.mid"}
        yield client, {"visit": visit, "song": song, **made}


@pytest.mark.slow
def test_the_api_is_as_documented(ids) -> None:
    client, names = ids
    schema = schemathesis.openapi.from_dict(client.app.openapi())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 20
    for operation in operations:
        if operation.method.upper() == "DELETE" and "/jobs/" not in operation.path:
            continue  # what the others ask for would go
        _ask(client, names, operation)


def _ask(client: TestClient, names: dict[str, object], operation) -> None:
    @settings(max_examples=15, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case) -> None:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = names.get(name, case.path_parameters[name])
        asked = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
        asked.pop("timeout", None)
        answer = client.request(asked.pop("method"), asked.pop("url"), **asked)
        case.validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)

    ask()
