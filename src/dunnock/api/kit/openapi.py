"""The OpenAPI document: Litestar's, with forms in three encodings, query structs and scopes written in."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, License, OAuthFlow, OAuthFlows, SecurityScheme

from dunnock.api.kit.caller import need_of
from dunnock.api.kit.params import wanted
from dunnock.api.kit.uploads import Upload

ENCODINGS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
SCOPES = {
    "read": "See everything of the account",
    "write": "Change everything of the account",
    "follow": "See and change follows, blocks and mutes",
    "push": "Receive push notifications",
    "profile": "See who the account is",
    "admin:read": "See the server's administration",
    "admin:write": "Change the server's administration",
}


def config(version: str) -> OpenAPIConfig:
    """Title, licence and the OAuth 2 scheme."""
    flow = OAuthFlow(authorization_url="/oauth/authorize", token_url="/oauth/token", scopes=SCOPES)  # noqa: S106 - an address
    scheme = SecurityScheme(type="oauth2", flows=OAuthFlows(authorization_code=flow, client_credentials=flow))
    return OpenAPIConfig(
        title="Dunnock",
        version=version,
        description="The Mastodon client API as Dunnock speaks it.",
        license=License(name="GNU Affero General Public License v3.0 or later", identifier="AGPL-3.0-or-later"),
        components=Components(security_schemes={"oauth2": scheme}),
        use_handler_docstrings=True,
    )


def document(app: Litestar) -> dict[str, Any]:
    """The whole document of an app built with `config`."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    for route in app.routes:
        operations = schema["paths"].get(getattr(route, "path_format", None) or "/")
        for handler in getattr(route, "route_handlers", ()) if operations else ():
            for method in handler.http_methods:
                operation = operations.get(method.lower())
                if operation is not None:
                    _describe(operation, handler, components)
    return schema


def _describe(operation: dict[str, Any], handler: Any, components: dict[str, Any]) -> None:
    form = wanted(handler, "form")
    if form is not None:
        held = _schema(form, components)
        operation["requestBody"] = {"content": {encoding: {"schema": held} for encoding in ENCODINGS}}
    params = wanted(handler, "params")
    if params is not None:
        found: dict[str, Any] = {}
        _schema(params, found)
        shape = found.pop(params.__name__)
        components.update(found)
        required = shape.get("required", [])
        operation.setdefault("parameters", []).extend(
            _parameter(name, held, required=name in required) for name, held in shape["properties"].items()
        )
    need = need_of(handler)
    if need is not None:
        scopes: list[list[str]] = [[scope] for scope in need.scopes] or [[]]
        operation["security"] = [*({"oauth2": one} for one in scopes), *([] if need.token else [{}])]
    operation.get("responses", {}).pop("400", None)
    operation.get("responses", {})["default"] = {
        "description": "A refusal",
        "content": {"application/json": {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}},
    }


def _parameter(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    is_list = schema.get("type") == "array" or any(kind.get("type") == "array" for kind in schema.get("anyOf", ()))
    return {"name": f"{name}[]" if is_list else name, "in": "query", "required": required, "schema": schema}


def _schema(struct: Any, into: dict[str, Any]) -> dict[str, Any]:
    """The struct's schema as a reference, its definition and those it needs put in `into`."""
    (held,), found = msgspec.json.schema_components(
        [struct], schema_hook=_upload_schema, ref_template="#/components/schemas/{name}"
    )
    into.update(found)
    return held


def _upload_schema(kind: type) -> dict[str, Any]:
    if kind is Upload:
        return {"type": "string", "format": "binary"}
    raise NotImplementedError
