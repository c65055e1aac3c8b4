"""axe-core's rules for accessible pages."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_OPTIONS = {
    "resultTypes": ["violations"],
    # The audit has its own rule for it, in both themes.
    "rules": {"color-contrast": {"enabled": False}},
}
_SERIOUS = ("serious", "critical")

_axe = Axe()


def find_violations(page: Page) -> list[str]:
    """Return what is seriously wrong, each as “axe: rule: element: what to do”."""
    found = _axe.run(page, options=_OPTIONS).response["violations"]
    return [
        f"axe: {rule['id']}: {node['html'][:200]}: {rule['help']}"
        for rule in found
        if rule["impact"] in _SERIOUS
        for node in rule["nodes"]
    ]
