/** Whose test call 试拨 is overdue, told once a day as one trouble of the protocol: a list for the grid workers, never one trouble a household. */

import { id, type SourceId } from '../core/brand.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Signal } from '../core/signal.ts'
import type { SourceLine } from '../core/sources.ts'
import { saying, type Words } from '../core/words.ts'

export const TEST_CALLS_CAUSE = 'test-calls'
/** When those who plan the day's visits come in. */
const TELL_HOUR = 8
const LOOK_MS = 900_000
/** The others stand on the sources' page. */
const NAMED = 8
const MAX_NAME = 40

export interface TestCallsOptions {
  readonly clock: Clock
  readonly log: Log
  /** Of the site's time zone. */
  readonly days: { at(ms: number): { readonly day: string; readonly hour: number } }
  /** Protocols whose rule is a test call. */
  protocols(): readonly string[]
  /** How many are overdue, and the first of them. */
  overdue(protocol: string, limit: number): { readonly count: number; readonly first: readonly SourceLine[] }
  /** Its exchange is down: nobody behind it can call. */
  isDown(protocol: string): boolean
  /** Its list is an open trouble. */
  isTold(sourceId: SourceId): boolean
  /** Rejects when it cannot be stored; a known event id is not raised again. */
  accept(signal: Signal): Promise<unknown>
}

export interface TestCalls {
  stop(): void
}

export function startTestCalls(options: TestCallsOptions): TestCalls {
  const { clock, log, days } = options
  const told = new Map<string, string>()

  const look = async (protocol: string): Promise<void> => {
    const nowMs = clock.now()
    const { day, hour } = days.at(nowMs)
    if (hour < TELL_HOUR || told.get(protocol) === day || options.isDown(protocol)) return
    const sourceId = id<SourceId>(`${protocol}:${TEST_CALLS_CAUSE}`)
    const { count, first } = options.overdue(protocol, NAMED)
    if (count > 0 || options.isTold(sourceId))
      await options.accept({
        ...{ sourceId, sourceKind: 'panicPhone', condition: 'fault', alarmClass: 'trouble', cause: TEST_CALLS_CAUSE },
        qualifier: count > 0 ? 'new' : 'restore',
        // Of the day, so that a restart does not tell it twice.
        eventId: `${TEST_CALLS_CAUSE}:${day}:${count > 0 ? 'new' : 'restore'}`,
        ...{ receivedTimeMs: nowMs, verified: true, origin: 'gateway' },
        ...(count > 0 ? saying(textOf(count, first)) : {})
      })
    told.set(protocol, day)
  }
  const cancel = clock.every(LOOK_MS, () => {
    for (const protocol of options.protocols())
      look(protocol).catch(error => log.warn({ err: error, protocol }, 'the list of overdue test calls waits'))
  })
  return { stop: cancel }
}

function textOf(count: number, first: readonly SourceLine[]): Words {
  const names = first.map(({ id: sourceId, subject }) => {
    const number = sourceId.slice(sourceId.indexOf(':') + 1)
    return `${subject.name.slice(0, MAX_NAME)} ${number.slice(0, MAX_NAME)}`
  })
  const list = `${names.join('; ')}${count > names.length ? ' …' : ''}`
  return { zh: `${count} 个号码试拨到期：${list}`, en: `${count} test calls are overdue: ${list}` }
}
