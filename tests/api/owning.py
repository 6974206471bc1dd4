"""The whole house with members who carry data: `Owning`, a `Staffed` with files."""

from __future__ import annotations

from typing import Any

from api.kit.driver import Answer, call
from api.staffed import Staffed

PATIENCE_S = 240.0


def multipart(fields: dict[str, Any]) -> tuple[bytes, str]:
    """A body of fields; tuples are files (name, content)."""
    edge, body = "fence", b""
    for name, value in fields.items():
        extra = f'; filename="{value[0]}"\r\nContent-Type: text/csv' if isinstance(value, tuple) else ""
        body += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode()
        body += (value[1] if isinstance(value, tuple) else str(value).encode()) + b"\r\n"
    return body + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


class Owning(Staffed):
    async def send(self, who: Any, content: bytes | str, *, name: str = "file.csv", **fields: Any) -> Answer:
        """POST a file as an import."""
        content = content.encode() if isinstance(content, str) else content
        body, kind = multipart(fields | {"file": (name, content)})
        return await call(
            self.house.edge, "POST", "/api/v1/dunnock/imports", body, kind=kind, token=await self.token(who)
        )

    async def file(self, who: Any, name: str) -> str:
        answer = await self.ask("GET", f"/api/v1/dunnock/export/{name}", who)
        assert answer.status == 200, answer
        return answer.body.decode()

    async def settle(self) -> None:
        """Have all that follows happen, however long a busy machine takes for it."""
        for part in (self.house.reactions, self.house.jobs, self.house.reactions):
            await part.settle(within_s=PATIENCE_S)
