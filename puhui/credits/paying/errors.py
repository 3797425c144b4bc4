"""What paying refuses."""

from puhui.kernel.errors import Conflict, NotFound, Unavailable
from puhui.kernel.text import N_


class GatewayClosed(Unavailable):
    """This installation has no payment gateway."""

    code, title = "gateway_closed", N_("尚未开通网上支付，请用银行转账")


class OrderWaits(Conflict):
    """Another order for the hold can still be paid."""

    code, title = "order_waits", N_("这份预留已有一个待支付的订单")


class UnknownOrder(NotFound):
    """No such order, or it is another's."""

    code, title = "unknown_order", N_("没有找到这个支付订单")


class Replayed(Conflict):
    """A notification with this nonce was taken before."""

    code, title = "replayed", N_("这条通知已经收到过")


class MalformedNotice(Conflict):
    """A notification is signed and cannot be read."""

    code, title = "malformed_notice", N_("通知的内容无法读懂")


class ReceiptDiffers(Conflict):
    """The same number came before with another amount."""

    code, title = "receipt_differs", N_("同一流水号以前到账的金额不同")


class AlreadyPaid(Conflict):
    """Other money has paid for the hold."""

    code, title = "paid_already", N_("这份预留已经付过款")


class WrongCurrency(Conflict):
    """The money is not in the currency of the price."""

    code, title = "wrong_currency", N_("到账的币种不是人民币")


class UnknownReceipt(NotFound):
    """No such money."""

    code, title = "unknown_receipt", N_("没有找到这笔款项")


class UnknownRefund(NotFound):
    """No such refund."""

    code, title = "unknown_refund", N_("没有找到这笔退款")


class RefundOver(Conflict):
    """The refund was decided otherwise."""

    code, title = "refund_over", N_("这笔退款已经处理")


class NotPaidYet(Conflict):
    """An invoice is for what was paid."""

    code, title = "not_paid_yet", N_("付款确认后才能申请发票")


class InvoiceAsked(Conflict):
    """The hold has its request."""

    code, title = "invoice_asked", N_("这份预留已经申请过发票")


class UnknownInvoice(NotFound):
    """No such request, or it is another's."""

    code, title = "unknown_invoice", N_("没有找到这份发票申请")


class InvoiceDecided(Conflict):
    """The request was issued or rejected otherwise."""

    code, title = "invoice_decided", N_("这份发票申请已经处理")


class UnknownSeller(NotFound):
    """No batch has this seller, or the statement is another's."""

    code, title = "unknown_seller", N_("没有找到这个卖方")


class UnknownPayout(NotFound):
    """No such payout to this seller."""

    code, title = "unknown_payout", N_("没有找到这笔付款")


class MoreThanOwed(Conflict):
    """A payout is of what is owed at most."""

    code, title = "more_than_owed", N_("付款超过应付余额")
