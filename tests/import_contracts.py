"""Import-linter contracts of our own, where the built-in ones need every module to exist already."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from collections.abc import Iterable

    import grimp


class PrivateModules(Contract):
    """Modules named in `private`, at any depth, are imported only from inside their own domain.

    `package` is the root; a domain is a direct child of it. `allowed` lists packages that may import them all the same.
    """

    type_name = "private"

    package = fields.StringField()
    private = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's signature
        broken: list[str] = []
        for module in sorted(graph.modules):
            root, *inside = module.split(".")
            if root == self.package and set(inside[1:]) & set(self.private):
                broken += _strangers(graph, module, [f"{root}.{inside[0]}", *(self.allowed or ())])
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


class OnlyIn(Contract):
    """Libraries named in `libraries` are imported only by `importers`: packages, or patterns of packages."""

    type_name = "only_in"

    libraries = fields.ListField(subfield=fields.StringField())
    importers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's signature
        used = sorted(graph.modules & set(self.libraries))
        broken = [line for library in used for line in _strangers(graph, library, self.importers)]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


def _strangers(graph: grimp.ImportGraph, module: str, allowed: Iterable[str]) -> list[str]:
    """Imports of `module` from outside `allowed`, one line each."""
    return [
        f"{importer} -> {module} (l.{detail['line_number']})"
        for importer in sorted(graph.find_modules_that_directly_import(module))
        if not any(fnmatchcase(importer, home) or fnmatchcase(importer, f"{home}.*") for home in allowed)
        for detail in graph.get_import_details(importer=importer, imported=module)
    ]


def _render(check: ContractCheck) -> None:
    for line in check.metadata["broken"]:
        output.print_error(f"- {line}", bold=False)
    output.new_line()
