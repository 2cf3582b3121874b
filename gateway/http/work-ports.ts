/** What the HTTP side asks of incident work beside the incidents themselves. */
import type { SopBook, SopDraft } from '../core/sop.ts'
import type { SessionUser } from '../core/wire.ts'

export interface WorkRooms {
  /** Without a version the newest; NOT_FOUND. */
  sop(version: number | undefined): Promise<SopBook>
  /** Audited in the commit that keeps it; BODY_INVALID, CONFLICT_RETRY. */
  saveSop(draft: SopDraft, user: SessionUser): Promise<SopBook>
}
