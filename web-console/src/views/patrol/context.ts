/** What every screen of the phone is given: the outbox, the connection, the team, the place. */
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { Command, Outbox } from './outbox.ts'
import type { PhotoBox } from './photo-box.ts'
import type { Drafts } from './use-drafts.ts'
import type { Fix } from './use-position.ts'
import type { Situation } from './use-situation.ts'

export interface Phone {
  readonly unit: Unit | undefined
  readonly outbox: Outbox
  readonly offline: boolean
  readonly fix: Fix
  readonly timeZone: string
  /** Keeps and sends a command. */
  readonly act: (command: Command) => void
  /** On line and waiting for the gateway's answer to such a command; off line nothing is "sending". */
  readonly sending: (kind: Command['kind']) => boolean
  /** Where photos wait for their message. */
  readonly box: PhotoBox
  /** What was begun to be reported. */
  readonly drafts: Drafts
  /** What was seen and is being written without an order. */
  readonly situation: Situation
}
