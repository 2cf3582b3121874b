/** MQTT alarms and restores to Signals: the topic says who and which, the payload is the house's own (kit/alarm-message.ts); pure. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { type AlarmReading, readAlarm } from '../kit/alarm-message.ts'
import type { Topic } from './frame.ts'

export interface Message {
  readonly topic: Topic
  readonly payload: Uint8Array
  readonly receivedTimeMs: number
  readonly origin: string
}

export function decode({ topic, ...message }: Message): AlarmReading {
  return readAlarm({
    ...message,
    sourceId: sourceIdOf(topic),
    qualifier: topic.kind === 'restore' ? 'restore' : 'new'
  })
}

export function sourceIdOf(topic: Pick<Topic, 'site' | 'source'>): SourceId {
  return id<SourceId>(`mqtt:${topic.site}/${topic.source}`)
}
