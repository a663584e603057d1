"""What an evening came to, in numbers: `figures_of(case)` counts them all."""

from bot.rehearsal.figures.figures import FIGURE_NAMES, Figures, figures_of

__all__ = ["FIGURE_NAMES", "Figures", "figures_of"]
