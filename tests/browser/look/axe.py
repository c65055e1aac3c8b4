"""axe-core's rules for accessible pages, without those that Streamlit's own parts break."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_OPTIONS = {
    "resultTypes": ["violations"],
    # The audit has its own rule for it, in both themes.
    "rules": {"color-contrast": {"enabled": False}},
}
_SERIOUS = ("serious", "critical")

STREAMLITS_OWN: dict[str, tuple[str, ...]] = {}
"""Selectors of what can't be changed from outside (Streamlit 1.67), by rule."""

_axe = Axe()


def find_violations(page: Page) -> list[str]:
    """Return what is seriously wrong, each as “axe: rule: element: what to do”."""
    found = _axe.run(page, options=_OPTIONS).response["violations"]
    return [
        f"axe: {rule['id']}: {node['html'][:200]}: {rule['help']}"
        for rule in found
        if rule["impact"] in _SERIOUS
        for node in rule["nodes"]
        if not _is_streamlits(rule["id"], node["html"])
    ]


def _is_streamlits(rule: str, html: str) -> bool:
    return any(part in html for part in STREAMLITS_OWN.get(rule, ()))
