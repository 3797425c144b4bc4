"""What the intake of evidence refuses."""

from puhui.kernel.errors import Conflict, Exhausted, NotFound
from puhui.kernel.text import N_


class NoSuchPhoto(NotFound):
    """There is no such photograph, or it is not the asker's to see."""

    code, title = "no_such_photo", N_("没有找到这张照片")


class PhotoDiffers(Conflict):
    """Another photograph has this name."""

    code, title = "name_taken", N_("同一编号已用于另一张照片")


class NoSuchDocument(NotFound):
    """There is no such document, or it is not the asker's to see."""

    code, title = "no_such_document", N_("没有找到这份文件")


class DocumentDiffers(Conflict):
    """Another document has this name."""

    code, title = "name_taken", N_("同一编号已用于另一份文件")


class TooManyDocuments(Exhausted):
    """More documents in an hour than a verification needs."""

    title = N_("一小时内上传的文件太多，请稍后再试")


class TooManyPhotos(Exhausted):
    """More photographs in an hour than a planting day needs."""

    title = N_("一小时内上传的照片太多，请稍后再试")


class NoSuchTicket(NotFound):
    """There is no such capture ticket, or it is another person's or for another place."""

    code, title = "no_such_ticket", N_("没有找到这张拍摄凭证，或它不属于您和这个地点")


class TicketDiffers(Conflict):
    """Another capture ticket has this name."""

    code, title = "name_taken", N_("同一编号已用于另一张拍摄凭证")


class TicketSpent(Conflict):
    """The capture ticket has supported another record before."""

    code, title = "ticket_spent", N_("这张拍摄凭证已经用过，每张只能用一次")
