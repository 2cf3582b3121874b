/** Troubles of devices as a wanted state: told once when it begins and once when it ends, also over restarts, and again until it is stored. */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { SourceKind } from '../../gateway/core/signal.ts'
import { saying, type Words } from '../../gateway/core/words.ts'

const TELL_AGAIN_MS = 5_000

export interface Trouble {
  readonly sourceId: SourceId
  readonly cause: 'offline' | 'clock' | 'trunk-proof' | 'trunk-expired'
  readonly origin: string
  /** When it begins. */
  readonly said?: Words | undefined
  /** When it ends. */
  readonly over?: Words
}

export interface Troubles {
  set(trouble: Trouble, present: boolean): void
  stop(): void
}

export function createTroubles(host: AdapterHost, sourceKind: SourceKind): Troubles {
  const wanted = new Map<string, { readonly trouble: Trouble; readonly present: boolean }>()
  const busy = new Set<string>()
  const timers = new Set<() => void>()
  let stopped = false

  const settle = (key: string): void => {
    const want = wanted.get(key)
    if (!want || busy.has(key) || stopped) return
    const episode = host.recall(key) ?? ''
    if (want.present === (episode !== '')) return void wanted.delete(key)
    busy.add(key)
    const { trouble, present } = want
    const words = present ? trouble.said : trouble.over
    const started = present ? String(host.clock.now()) : episode
    const signal = {
      sourceId: trouble.sourceId,
      sourceKind,
      qualifier: present ? ('new' as const) : ('restore' as const),
      condition: 'fault' as const,
      alarmClass: 'trouble' as const,
      cause: trouble.cause,
      eventId: `${trouble.cause}:${started}:${present ? 'new' : 'restore'}`,
      receivedTimeMs: host.clock.now(),
      verified: true,
      origin: trouble.origin,
      ...(words ? saying(words) : {})
    }
    // The episode is stored with its signal, so that a restart neither repeats it nor forgets to end it.
    host.accept(signal, { key, value: present ? started : '' }).then(
      () => {
        busy.delete(key)
        settle(key)
      },
      error => {
        busy.delete(key)
        host.log.warn({ err: error, source: trouble.sourceId }, 'a trouble could not be stored yet')
        if (stopped) return
        const cancel = host.clock.after(TELL_AGAIN_MS, () => {
          timers.delete(cancel)
          settle(key)
        })
        timers.add(cancel)
      }
    )
  }

  return {
    set(trouble, present) {
      const key = `trouble:${trouble.cause}:${trouble.sourceId}`
      if (!present && !wanted.has(key) && !host.recall(key)) return
      wanted.set(key, { trouble, present })
      settle(key)
    },
    stop() {
      stopped = true
      for (const cancel of timers) cancel()
    }
  }
}
