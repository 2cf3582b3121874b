/** What the HTTP side asks of households, premises and vehicles. */
import type { SubjectId } from '../core/brand.ts'
import type {
  ImportReport,
  RecordChoices,
  SubjectDetail,
  SubjectDraft,
  SubjectKind,
  SubjectPage,
  SubjectQuery,
  SubjectSaved
} from '../core/subject-record.ts'
import type { SessionUser } from '../core/wire.ts'

/** Households, premises and vehicles; every change is audited in the commit that keeps it and true at once. */
export interface SubjectRooms {
  page(query: SubjectQuery): SubjectPage
  /** Audited before it is answered; NOT_FOUND. */
  detail(subjectId: SubjectId, user: SessionUser): Promise<SubjectDetail>
  choices(): RecordChoices
  /** CONFLICT_RETRY when `version` is no longer the newest; NOT_FOUND. */
  save(draft: SubjectDraft, version: number, user: SessionUser): Promise<SubjectSaved>
  remove(subjectId: SubjectId, version: number, user: SessionUser): Promise<SubjectSaved>
  preview(text: string): Promise<ImportReport>
  /** Changes nothing while there is a fault. */
  import(text: string, file: string, user: SessionUser): Promise<ImportReport>
  /** A CSV file; audited before it is answered. */
  export(kinds: readonly SubjectKind[], user: SessionUser): Promise<string>
}
