/** How the alarm lines are, counted for every seat at once: numbers of the diagnostics without what names a place or a device. */
import type { AlarmLines } from '../core/lines-wire.ts'
import type { Clock, Sighting } from '../core/ports.ts'
import type { Diagnostics } from '../core/wire.ts'
import type { LineRooms } from '../http/lines-ports.ts'

/** However many seats ask, it is counted so often. */
const KEPT_MS = 5_000
/** As the telephone adapter names the exchanges. */
const EXCHANGE = 'sip:trunk/'
/** One that is not asked whether it lives (`seen`) lives for so long after what came from it last; then nothing is known of it. */
const SEEN_MS = 600_000

export interface LinesDeps {
  readonly clock: Clock
  readonly latest: { devices(): readonly Pick<Sighting, 'deviceId' | 'state' | 'atMs'>[] }
  diagnostics(): Promise<Pick<Diagnostics, 'adapters'>>
}

export function createLines({ clock, latest, diagnostics }: LinesDeps): LineRooms {
  let kept: { readonly steadyMs: number; readonly answer: Promise<AlarmLines> } | undefined
  const count = async (): Promise<AlarmLines> => {
    const { adapters } = await diagnostics()
    const lastMs = Math.max(0, ...adapters.map(each => each.lastSignalAtMs ?? 0))
    const exchanges = latest
      .devices()
      .filter(({ deviceId }) => deviceId.startsWith(EXCHANGE))
      .filter(({ state, atMs }) => state !== 'seen' || clock.now() - atMs <= SEEN_MS)
    return {
      adapters: { all: adapters.length, running: adapters.filter(each => each.state === 'running').length },
      ...(lastMs > 0 ? { lastSignalAtMs: lastMs } : {}),
      exchanges: { all: exchanges.length, answering: exchanges.filter(each => each.state !== 'offline').length }
    }
  }
  return {
    lines() {
      const steadyMs = clock.steady()
      if (kept && steadyMs - kept.steadyMs < KEPT_MS) return kept.answer
      const answer = count()
      kept = { steadyMs, answer }
      // A failure is nobody's answer for five seconds.
      answer.catch(() => {
        if (kept?.answer === answer) kept = undefined
      })
      return answer
    }
  }
}
