"""A piece of each of a comparison's lines, for legends and tables."""

from markupsafe import Markup

from mnistlab.ui.charts.palette import LINE_STYLES, LineStyle


def sign(style: LineStyle) -> Markup:
    """Return the HTML element that shows a piece of a line."""
    return Markup('<i class="lab-sign lab-sign-{}" aria-hidden="true"></i>').format(style.number)


def rules() -> str:
    """Return the CSS of all signs: a mask each, through which the line's colour is seen."""
    return "\n".join(map(_rule, LINE_STYLES))


def _rule(style: LineStyle) -> str:
    # Streamlit removes SVG from a page's HTML, and an SVG image knows no theme.
    fill = "none" if style.is_hollow else "black"
    gap = 7 if style.is_hollow else 0  # a hollow mark has no line through it
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-17 -7 34 14' stroke='black'>"
        f"<path d='M-17,0H-{gap}M{gap},0H17' stroke-width='2.2'/>"
        f"<path d='{style.shape}' transform='scale(4.6)' fill='{fill}' stroke-width='.35'/></svg>"
    ).replace("<", "%3C")
    return (
        f".lab-sign-{style.number} {{ color: var(--lab-line-{style.colour}); "
        f'mask-image: url("data:image/svg+xml,{svg}"); }}'
    )
