/** What the HTTP side asks of the group call 一键群呼. */
import type {
  GroupCallAnswer,
  GroupCallChoices,
  GroupCallDraft,
  GroupCalls,
  GroupCallView
} from '../core/group-call.ts'
import type { SessionUser } from '../core/wire.ts'

export interface GroupCallRooms {
  list(): GroupCalls
  choices(): GroupCallChoices
  /** On record before anybody is told; GROUP_CALL_REFUSED with the reason, NOT_FOUND for a unit or cell that is none. */
  start(draft: GroupCallDraft, user: SessionUser): Promise<GroupCallView>
  /** NOT_FOUND when it is over. */
  end(callId: string, user: SessionUser): Promise<GroupCallView>
  /** Durable when it resolves; NOT_FOUND for a call that is over or not for this unit. */
  answer(answer: GroupCallAnswer, user: SessionUser): Promise<void>
}
