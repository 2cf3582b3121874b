/** Who is connected: last will and heartbeats become sightings, and a source that stays away becomes one trouble signal. */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'

export interface Presence {
  online(sourceId: SourceId, origin: string): void
  /** The device's own word on `…/status`, or its last will's: `online`, `offline`. */
  status(sourceId: SourceId, origin: string, text: string): void
  /** The connection went away, with or without a last will. */
  closed(sourceId: SourceId, origin: string): void
  stop(): void
}

export function createPresence(host: AdapterHost, troubleMs: number): Presence {
  const timers = new Map<SourceId, () => void>()
  const online = new Set<SourceId>()
  const inTrouble = (sourceId: SourceId) => host.recall(`mqtt-trouble:${sourceId}`)

  const tell = (
    sourceId: SourceId,
    origin: string,
    qualifier: 'new' | 'restore',
    episode: string
  ): Promise<unknown> => {
    const signal: Signal = {
      sourceId,
      sourceKind: 'alarmBox',
      qualifier,
      condition: 'fault',
      alarmClass: 'trouble',
      cause: 'offline',
      eventId: `${qualifier === 'new' ? 'offline' : 'online'}:${episode}`,
      receivedTimeMs: host.clock.now(),
      verified: true,
      origin
    }
    // The episode is remembered with the signal, so that a restart neither repeats it nor forgets to restore it.
    return host.accept(signal, { key: `mqtt-trouble:${sourceId}`, value: qualifier === 'new' ? episode : '' })
  }
  const report = (work: Promise<unknown>, sourceId: SourceId) =>
    void work.catch(error =>
      host.log.warn({ err: error, source: sourceId }, 'a supervision signal could not be stored')
    )

  const away = (sourceId: SourceId, origin: string): void => {
    if (!online.delete(sourceId)) return
    host.sighted({ deviceId: sourceId, protocol: 'mqtt', state: 'offline', atMs: host.clock.now(), origin })
    timers.get(sourceId)?.()
    timers.set(
      sourceId,
      host.clock.after(troubleMs, () => {
        timers.delete(sourceId)
        if (!inTrouble(sourceId)) report(tell(sourceId, origin, 'new', String(host.clock.now())), sourceId)
      })
    )
  }
  const here = (sourceId: SourceId, origin: string): void => {
    timers.get(sourceId)?.()
    timers.delete(sourceId)
    const episode = inTrouble(sourceId)
    if (episode) report(tell(sourceId, origin, 'restore', episode), sourceId)
    host.sighted({ deviceId: sourceId, protocol: 'mqtt', state: 'online', atMs: host.clock.now(), origin })
    online.add(sourceId)
  }

  return {
    online: here,
    status(sourceId, origin, text) {
      if (text.includes('offline')) away(sourceId, origin)
      else here(sourceId, origin)
    },
    closed: away,
    stop() {
      for (const cancel of timers.values()) cancel()
      timers.clear()
    }
  }
}
