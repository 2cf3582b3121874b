/** Bodies to Signals: the path says who, the body is the house's own alarm message as over MQTT (kit/alarm-message.ts); pure. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { type AlarmReading, readAlarm } from '../kit/alarm-message.ts'
import type { Target } from './frame.ts'

export interface Request {
  readonly target: Target
  readonly body: Uint8Array
  readonly receivedTimeMs: number
  /** The signed time. */
  readonly sentTimeMs: number
  readonly origin: string
}

export function decode({ target, body, ...request }: Request): AlarmReading {
  return readAlarm({ ...request, payload: body, sourceId: sourceIdOf(target), qualifier: 'new' })
}

/** Longer ones are none: a sender that has something to say must not be passed over. */
const MAX_HEARTBEAT_BYTES = 256

/** `{v: 1, type: "heartbeat"}`. What it is stands in the body, which is signed, and not in the path, which is not. */
export function isHeartbeat(body: Uint8Array): boolean {
  if (body.length > MAX_HEARTBEAT_BYTES) return false
  try {
    const message: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof message === 'object' && message !== null && 'type' in message && message.type === 'heartbeat'
  } catch {
    return false
  }
}

export function sourceIdOf({ site, source }: Target): SourceId {
  return id<SourceId>(`webhook:${site}/${source}`)
}
