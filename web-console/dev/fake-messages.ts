/** Messages to units on the made-up floor, by the same rules as the gateway's. */
import type { Incident, Owner } from '../../gateway/core/incident.ts'
import type { MessageAction } from '../../gateway/core/message-wire.ts'
import { applyMessage, type MessageStep } from '../../gateway/core/unit-message.ts'

export function withMessage(incident: Incident, action: MessageAction, owner: Owner): Incident {
  const step: MessageStep =
    action.action === 'readMessages'
      ? { kind: 'messagesRead', owner, asLeader: false }
      : {
          ...({ kind: 'tellUnits', owner, asLeader: false } as const),
          from: { kind: 'user', ...owner },
          draft: { id: action.id, text: action.text, ...(action.photo ? { photo: action.photo as never } : {}) },
          ...(action.to === undefined ? {} : { to: action.to as never })
        }
  const outcome = applyMessage(incident, step, Date.now())
  return outcome.ok ? { ...incident, ...outcome.change } : incident
}
