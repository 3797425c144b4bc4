"""What a court's judgment on destroyed forest asks to be retired.

《关于在生态环境刑事案件中开展生态修复适用林业碳汇赔偿机制的工作指引（试行）》(Fujian High Court and
Forestry Bureau, 2022): the loss is measured by an expert, and the judgment says how many times
it is made good. No formula for the loss is published that reproduces known cases, so the loss
is taken from the document and never computed here.
"""

from dataclasses import dataclass
from decimal import Decimal

from puhui.kernel.quantity import EXACT, Co2e, plain


@dataclass(frozen=True)
class Judgment:
    """A loss of removal as the court found it, and how many times it has to be made good."""

    loss: Co2e
    times: Decimal
    volume_m3: Decimal
    """The timber that was felled."""
    document: str
    """The judgment or report that says so."""

    def __post_init__(self) -> None:
        assert self.loss.value > 0 and self.times >= 1 and self.volume_m3 > 0, self
        assert self.document, "a loss has a document"

    @property
    def required(self) -> Co2e:
        """Return what has to be retired, before rounding to what credits divide into."""
        return self.loss * self.times

    @property
    def kg_per_m3(self) -> Decimal:
        """Return the loss for each cubic metre: for comparing judgments, not for making them."""
        return EXACT.divide(self.loss.value, self.volume_m3)

    @property
    def said_zh(self) -> str:
        """Return how the figure comes about, for the certificate."""
        return (
            f"鉴定损失 {plain(self.loss.value)} 千克 × {plain(self.times)} 倍"
            f"（林木 {plain(self.volume_m3)} 立方米）"
        )

    @property
    def said_en(self) -> str:
        """Return the same in English."""
        return (
            f"Assessed loss of {plain(self.loss.value)} kg × {plain(self.times)}"
            f" ({plain(self.volume_m3)} m3 of timber)"
        )

    def is_met_by(self, retired_kg: int) -> bool:
        """Whether so many retired kilograms fulfil the judgment."""
        return retired_kg >= self.required.value
