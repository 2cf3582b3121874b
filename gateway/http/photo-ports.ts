/** What the HTTP side asks for photos that people send. */
import type { PhotoKept } from '../core/message-wire.ts'
import type { SessionUser } from '../core/wire.ts'

/** On record when it resolves; NOT_FOUND, NOT_OWNER, ILLEGAL_TRANSITION, MESSAGE_REFUSED with the reason, on record ten times a minute and sender at most; TOO_MANY_REQUESTS once a minute and sender. */
export interface PhotoRooms {
  ofFloor(incidentId: string, bytes: Buffer, user: SessionUser): Promise<PhotoKept>
  /** By an order of the own unit that was taken; `takenAtMs` is the phone's word. */
  ofUnit(assignmentId: string, bytes: Buffer, user: SessionUser, takenAtMs: number | undefined): Promise<PhotoKept>
  /** Of a report 上报情况 of the own unit; CONFLICT_RETRY as long as that may still become an incident. */
  ofSituation(reportId: string, bytes: Buffer, user: SessionUser, takenAtMs: number | undefined): Promise<PhotoKept>
}
