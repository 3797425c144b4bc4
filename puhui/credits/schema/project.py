"""Projects on the wire: what they are, their documents and versions."""

from typing import Any

from marshmallow import post_load

from puhui.credits.batch import LONGEST
from puhui.credits.kind import Kind
from puhui.credits.project import DocumentDraft, ProjectRevision
from puhui.credits.schema.batch import BatchSchema
from puhui.credits.schema.reversal import ProjectReversalShownSchema
from puhui.credits.schema.statistics import KilogramsSchema
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)

MOST_BATCHES = 100_000


class ProjectRevisionSchema(Schema):
    """A project as it is described from now on."""

    name = Text(LONGEST, required=True)
    name_en = Text(LONGEST, required=True)
    county_code = Code(r"[1-9][0-9]{5}", most=6, required=True, example="350428")
    place = Text(LONGEST, required=True)
    place_en = Text(LONGEST, required=True)
    method = Text(LONGEST, required=True)
    method_en = Text(LONGEST, may_be_blank=True, load_default="")
    beneficiaries = Text(LONGEST, required=True)
    beneficiaries_en = Text(LONGEST, required=True)
    households = Whole(minimum=0, maximum=10**9, load_default=None, allow_none=True)
    source = Text(LONGEST, required=True)
    why = Text(LONGEST, required=True, description="为何更新")

    @post_load
    def _revision(self, found: dict[str, Any], **_: Any) -> ProjectRevision:
        return ProjectRevision(**found)


class ProjectFormSchema(ProjectRevisionSchema):
    """The same, as a person writes it: with the version that the form showed."""

    version = Whole(minimum=1, required=True)

    @post_load
    def _revision(self, found: dict[str, Any], **_: Any) -> tuple[ProjectRevision, int]:
        version = found.pop("version")
        return ProjectRevision(**found), version


class _SaidOfProjectSchema(Schema):
    """What is said of a project, now or formerly."""

    name = Text(LONGEST, required=True)
    name_en = Text(LONGEST, required=True)
    county_code = Text(6, required=True)
    place = Text(LONGEST, required=True)
    place_en = Text(LONGEST, required=True)
    method = Text(LONGEST, required=True)
    method_en = Text(LONGEST, may_be_blank=True, required=True)
    beneficiaries = Text(LONGEST, required=True)
    beneficiaries_en = Text(LONGEST, required=True)
    households = Whole(required=True, allow_none=True)
    source = Text(LONGEST, required=True)


class ProjectSchema(_SaidOfProjectSchema):
    """A project as everyone may see it."""

    code = Text(40, required=True)
    version = Whole(minimum=1, required=True)
    kinds = List(Enum(Kind), most=len(Kind), required=True)
    batches = Whole(minimum=0, required=True)
    issued_kg = Whole(required=True)
    kg = Nested(KilogramsSchema, required=True)


class ProjectVersionSchema(_SaidOfProjectSchema):
    """What a project was said to be from a moment on."""

    version = Whole(minimum=1, required=True)
    why = Text(LONGEST, may_be_blank=True, required=True)
    recorded_at = Instant(required=True)


class ProjectDocumentSchema(Schema):
    """A document of a project."""

    document_id = Uuid(required=True)
    title = Text(LONGEST, required=True)
    title_en = Text(LONGEST, may_be_blank=True, required=True)
    dated = Day(required=True)
    is_public = Boolean(required=True)
    sha256 = Code("[0-9a-f]{64}", most=64, required=True)
    media_type = Text(200, required=True)
    name = Text(200, required=True)
    size = Whole(minimum=1, required=True, description="字节")
    recorded_at = Instant(required=True)


class WholeProjectSchema(ProjectSchema):
    """A project with its batches, documents, losses and earlier versions."""

    issued = List(Nested(BatchSchema), most=MOST_BATCHES, required=True)
    documents = List(Nested(ProjectDocumentSchema), most=1000, required=True)
    reversals = List(Nested(ProjectReversalShownSchema), most=10_000, required=True)
    versions = List(Nested(ProjectVersionSchema), most=10_000, required=True)


class ProjectsQuery(PageQuery):
    """Which projects to list."""

    kind = Enum(Kind, load_default=None)
    county = Code("[1-9][0-9]{1,5}", most=6, load_default="", description="行政区划代码或其开头")


class DocumentDraftSchema(Schema):
    """What is said of a document."""

    title = Text(LONGEST, required=True)
    title_en = Text(LONGEST, may_be_blank=True, load_default="")
    dated = Day(required=True, description="文件的日期")
    is_public = Boolean(load_default=False, description="人人可以下载")

    @post_load
    def _draft(self, found: dict[str, Any], **_: Any) -> DocumentDraft:
        return DocumentDraft(**found)


class DocumentUploadQuery(Schema):
    """What is said of a document, and what its sender calls the file."""

    title = Text(LONGEST, required=True)
    title_en = Text(LONGEST, may_be_blank=True, load_default="")
    dated = Day(required=True, description="文件的日期")
    is_public = Boolean(load_default=False, description="人人可以下载")
    name = Text(200, load_default="document", description="文件名")

    @post_load
    def _draft(self, found: dict[str, Any], **_: Any) -> tuple[DocumentDraft, str]:
        name = found.pop("name")
        return DocumentDraft(**found), name
