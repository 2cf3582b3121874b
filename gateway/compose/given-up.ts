/** Messages outwards that were given up, as a notice for who keeps the gateway: nobody else sends them again, and nobody looks at that page all day. */
import type { Clock } from '../core/ports.ts'
import type { Outbox } from '../feed/outwards/outbox.ts'
import type { Notices } from './notices.ts'

/** Older ones are known, and counted on the page. */
const FRESH_MS = 24 * 3_600_000

export interface GivenUpDeps {
  readonly clock: Pick<Clock, 'now'>
  readonly outbox: Pick<Outbox, 'items'>
  readonly notices: Pick<Notices, 'set' | 'clear'>
}

/** Called again and again with the sinks there are; one that is no more is no longer spoken of. */
export function createGivenUp({ clock, outbox, notices }: GivenUpDeps): (sinks: readonly string[]) => void {
  let told: ReadonlySet<string> = new Set()
  return sinks => {
    const nowMs = clock.now()
    const counts = sinks.flatMap(sink => {
      const fresh = outbox.items(sink).filter(each => each.state === 'dead' && nowMs - (each.endedAtMs ?? 0) < FRESH_MS)
      return fresh.length > 0 ? [[sink, fresh.length] as const] : []
    })
    for (const [sink, count] of counts)
      notices.set(`givenUp:${sink}`, { level: 'info', code: 'sinkGaveUp', data: { sink, count } })
    const now = new Set(counts.map(([sink]) => sink))
    for (const sink of told) if (!now.has(sink)) notices.clear(`givenUp:${sink}`)
    told = now
  }
}
