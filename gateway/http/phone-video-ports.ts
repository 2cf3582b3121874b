/** What the HTTP side asks of the live video of patrols' phones. */
import type { PhoneVideo, PhoneVideoAsk } from '../core/phone-video.ts'
import type { SessionUser, Ticket } from '../core/wire.ts'

/** Every change is on record before it is told; PHONE_VIDEO_REFUSED with the reason, on record, too. */
export interface PhoneVideoRooms {
  ask(unitId: string, ask: PhoneVideoAsk, user: SessionUser): Promise<PhoneVideo>
  end(unitId: string, user: SessionUser): Promise<void>
  /** By the patrol's own press: where its phone sends to. */
  start(user: SessionUser): Promise<Ticket>
  /** By the phone itself after a lost line: only what its own press has begun and nobody has ended. */
  again(user: SessionUser): Promise<Ticket>
  stop(user: SessionUser): Promise<void>
}
