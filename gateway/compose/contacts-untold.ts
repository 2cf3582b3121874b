/** A contact whose message is not handed over: the incident gets a line when it is late and one when it is given up, so that somebody rings him instead. */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { SinkView } from '../core/outwards.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { Item } from '../feed/outwards/item.ts'
import { ITEM, type Outbox } from '../feed/outwards/outbox.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { ItemWrites } from './clear-places.ts'

export interface ContactsUntoldDeps {
  readonly clock: Clock
  readonly log: Log
  readonly outbox: Pick<Outbox, 'sinks' | 'items' | 'has' | 'swap'>
  readonly writes: ItemWrites
  /** How a sink stands; undefined: it is no more. */
  viewOf(sink: string): Pick<SinkView, 'state' | 'error'> | undefined
}

/** One that is well is told within seconds; this long after the message might leave, somebody should know. */
const LATE_MS = 30_000

/** One look, never rejects; what could not be written is left to the next one. A kill in between may write a line twice, never none. */
export function createContactsUntold({ clock, log, outbox, writes, viewOf }: ContactsUntoldDeps) {
  /** Keys with what was said of them; on disk it stands in the message itself. */
  const said = new Map<string, Item['untold']>()
  const saidOf = ({ key, untold }: Item) => said.get(key) ?? untold

  const line = (item: Item, untold: 'late' | 'dead'): Step => {
    const view = viewOf(item.sink)
    const standing = view?.state === 'ready' || view?.state === 'open' ? 'waiting' : view?.state
    const reason = item.held ? 'contactCalling' : (item.error ?? view?.error ?? standing ?? 'sinkGone')
    const { name = '', relation = '' } = item.contact ?? {}
    return { kind: 'remark', line: 'contactUntold', data: { name, relation, untold: reason, again: untold === 'late' } }
  }
  const keep = async (item: Item, untold: 'late' | 'dead'): Promise<void> => {
    said.set(item.key, untold)
    // Sent, tried or taken back meanwhile: what is written now would bring back what is gone.
    if (!outbox.has(item) || writes.isWriting(item.key)) return
    const by: Item = { ...item, untold }
    await writes.commit({ documents: [{ kind: ITEM, key: item.key, body: by }] })
    outbox.swap(item, by)
  }

  return async (incidents: {
    get(incidentId: IncidentId): Incident | undefined
    readonly step: Incidents['step']
  }): Promise<void> => {
    const items = outbox.sinks().flatMap(sink => outbox.items(sink).filter(each => each.contact))
    const there = new Set(items.map(({ key }) => key))
    for (const key of said.keys()) if (!there.has(key)) said.delete(key)
    for (const item of items) {
      const untold = untoldOf(item, clock.now())
      const before = saidOf(item)
      if (!untold || item.untold === 'dead' || item.untold === untold) continue
      const incident = incidents.get(item.incidentId as IncidentId)
      if (!incident || !isOpen(incident)) continue
      try {
        if (before !== untold && before !== 'dead')
          await incidents.step(incident.id, line(item, untold), { kind: 'system' })
        await keep(item, untold)
      } catch (error) {
        log.warn({ err: error, incident: item.number }, 'that a contact was not told could not be written')
      }
    }
  }
}

function untoldOf({ state, createdAtMs, notBeforeMs = createdAtMs }: Item, nowMs: number): Item['untold'] {
  if (state === 'dead') return 'dead'
  return nowMs - notBeforeMs >= LATE_MS ? 'late' : undefined
}
