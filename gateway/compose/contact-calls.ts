/** Joins the calls to contacts to whichever protocol can ring a telephone. */
import type { Config } from '../config.ts'
import type { PlacedCall } from '../core/placed-call.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { startContactCalls } from '../dispatch/contact-calls.ts'
import type { Incidents } from '../incident/incidents.ts'

export interface ContactDeps {
  readonly clock: Clock
  readonly log: Log
  readonly config: Pick<Config, 'incidents'>
  readonly incidents: Pick<Incidents, 'get' | 'all' | 'isCalling' | 'step'>
  readonly parts: readonly { readonly adapter: Adapter }[]
}

const NO_LINE: PlacedCall = { say: () => {}, hangUp: () => {} }

/** Returns what stops it. */
export function tellContacts({ clock, log, config, incidents, parts }: ContactDeps): () => void {
  const lineTo = (number: string) =>
    parts.map(part => part.adapter).find(adapter => adapter.placeCall && adapter.freeLines?.(number) !== undefined)
  return startContactCalls({
    ...{ clock, log, incidents, settings: config.incidents.contacts },
    freeLines: number => lineTo(number)?.freeLines?.(number),
    place(request, events) {
      const call = lineTo(request.number)?.placeCall?.(request, events)
      if (!call) queueMicrotask(() => events.ended('unreachable'))
      return call ?? NO_LINE
    }
  })
}
