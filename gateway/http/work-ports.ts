/** What the HTTP side asks of incident work beside the incidents themselves. */
import type { FollowUp, FollowUpAnswer, FollowUpDraft, ShiftDraft, ShiftHandOver, ShiftState } from '../core/shift.ts'
import type { SopBook, SopDraft } from '../core/sop.ts'
import type { SessionUser } from '../core/wire.ts'

export interface WorkRooms {
  /** Without a version the newest; NOT_FOUND. */
  sop(version: number | undefined): Promise<SopBook>
  /** Audited in the commit that keeps it; BODY_INVALID, CONFLICT_RETRY. */
  saveSop(draft: SopDraft, user: SessionUser): Promise<SopBook>
  /** Every change is audited in the commit that keeps it; NOT_FOUND for another's, SHIFT_REFUSED with the reason. */
  readonly shifts: {
    state(user: SessionUser, people: readonly SessionUser[]): ShiftState
    offer(draft: ShiftDraft, user: SessionUser): Promise<ShiftHandOver>
    accept(handOverId: string, user: SessionUser): Promise<ShiftHandOver>
    refuse(handOverId: string, reason: string, user: SessionUser): Promise<ShiftHandOver>
    withdraw(handOverId: string, user: SessionUser): Promise<ShiftHandOver>
  }
  readonly followUps: {
    open(): readonly FollowUp[]
    done(sinceMs: number): Promise<readonly FollowUp[]>
    plan(draft: FollowUpDraft, user: SessionUser): Promise<FollowUp>
    answer(followUpId: string, answer: FollowUpAnswer, user: SessionUser): Promise<FollowUp>
  }
}
