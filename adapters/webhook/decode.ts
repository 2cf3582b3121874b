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

export function sourceIdOf({ site, source }: Target): SourceId {
  return id<SourceId>(`webhook:${site}/${source}`)
}
