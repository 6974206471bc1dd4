"""The OpenAPI document: Litestar's, with forms in three encodings, query structs and scopes written in."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, License, OAuthFlow, OAuthFlows, SecurityScheme, Server

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
# What every refusal looks like; `details` (by field) come with a refused registration, the description with OAuth's.
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"anyOf": [{"type": "string"}, {"type": "object"}]},  # an object: of a collection that breaks rules
        "error_description": {"type": "string"},
        "details": {
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["error", "description"],
                    "properties": {"error": {"type": "string"}, "description": {"type": "string"}},
                },
            },
        },
    },
}


def config(version: str, public_url: str) -> OpenAPIConfig:
    """Title, licence, the server's address and the OAuth 2 scheme."""
    token_url = f"{public_url}/oauth/token"
    code = OAuthFlow(authorization_url=f"{public_url}/oauth/authorize", token_url=token_url, scopes=SCOPES)
    credentials = OAuthFlow(token_url=token_url, scopes=SCOPES)
    scheme = SecurityScheme(type="oauth2", flows=OAuthFlows(authorization_code=code, client_credentials=credentials))
    return OpenAPIConfig(
        title="Dunnock",
        version=version,
        description="The Mastodon client API as Dunnock speaks it.",
        license=License(name="GNU Affero General Public License v3.0 or later", identifier="AGPL-3.0-or-later"),
        servers=[Server(url=public_url)],
        components=Components(security_schemes={"oauth2": scheme}),
        use_handler_docstrings=True,
    )


def document(app: Litestar) -> dict[str, Any]:
    """The whole document of an app built with `config`."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    taken: set[str] = set()
    for route in app.routes:
        operations = schema["paths"].get(getattr(route, "path_format", None) or "/")
        for handler in getattr(route, "route_handlers", ()) if operations else ():
            for method in handler.http_methods:
                operation = operations.get(method.lower())
                if operation is not None:
                    _describe(operation, handler, components)
                    _name(operation, handler, method, route.path, taken)
    components["Error"] = ERROR
    for flow in schema["components"]["securitySchemes"]["oauth2"]["flows"].values():
        flow["scopes"] = SCOPES | {scope: SCOPES[_widest(scope)] for scope in sorted(_scopes(schema))}
    return schema


def _widest(scope: str) -> str:
    """What covers a fine scope: `read` of `read:lists`, `admin:read` of `admin:read:accounts`."""
    return next(name for name in sorted(SCOPES, key=len, reverse=True) if f"{scope}:".startswith(f"{name}:"))


def _scopes(schema: dict[str, Any]) -> set[str]:
    """The fine scopes that operations name."""
    operations = [one for item in schema["paths"].values() for one in item.values() if isinstance(one, dict)]
    named = {scope for one in operations for need in one.get("security", ()) for scope in need.get("oauth2", ())}
    return named - SCOPES.keys()


def _name(operation: dict[str, Any], handler: Any, method: str, path: str, taken: set[str]) -> None:
    """Id, tag and summary in our own words: Litestar makes them of the path and the function's name."""
    parts = [part for part in path.split("/") if part and "{" not in part and part not in {"api", "v1", "v2"}]
    name = handler.handler_name if len(handler.http_methods) == 1 else f"{handler.handler_name}_{method.lower()}"
    name = f"{parts[0]}_{name}" if name in taken else name
    taken.add(name)
    operation["operationId"] = name
    operation["tags"] = [parts[0]]
    operation["summary"] = " ".join(operation.get("description", name).partition("\n\n")[0].split())
    if not operation.get("deprecated"):
        operation.pop("deprecated", None)


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
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
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
    raise NotImplementedError  # msgspec's word for "not mine either": it tells the type
