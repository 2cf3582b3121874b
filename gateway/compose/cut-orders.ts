/** Orders that a restart cut off: marked with the order, taken back with its answer, so that no order stays in the story without an end. */
import type { IncidentId } from '../core/brand.ts'
import type { Log, Remember } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { Commit } from '../core/store.ts'
import type { Incidents } from '../incident/incidents.ts'

export type OrderLine = Pick<Extract<Step, { kind: 'deviceCommand' }>['data'], 'source' | 'command' | 'order'>

interface Mark extends OrderLine {
  readonly incident: IncidentId
}

const PREFIX = 'order/'

/** One of a kind is under way per source: the next order of it takes the same place. */
const keyOf = ({ source, command }: OrderLine): string => `${PREFIX}${command} ${source}`

/** With the order. */
export const marked = (incident: IncidentId, { source, command, order }: OrderLine): Remember => ({
  key: keyOf({ source, command, order }),
  value: JSON.stringify({ source, command, order, incident } satisfies Mark)
})

/** With its answer. */
export const unmarked = (line: OrderLine): Remember => ({ key: keyOf(line), value: '' })

/** At the start, before the first new order: what the last life ordered and never heard of again gets its closing line. Never rejects. */
export async function closeCutOrders(deps: {
  readonly remembered: ReadonlyMap<string, string>
  readonly incidents: Pick<Incidents, 'get' | 'step'>
  readonly commit: Commit
  readonly log: Log
}): Promise<void> {
  const { incidents, commit, log } = deps
  for (const [key, value] of deps.remembered) {
    if (!key.startsWith(PREFIX) || value === '') continue
    const { incident: incidentId, ...line } = JSON.parse(value) as Mark
    const data = { ...line, result: 'noAnswer' as const, restarted: true }
    const gone = { remember: [unmarked(line)] }
    const incident = incidents.get(incidentId)
    // A closed record stays as it is.
    const told =
      incident === undefined || incident.state === 'closed'
        ? commit(gone)
        : incidents.step(incidentId, { kind: 'deviceCommand', data }, { kind: 'system' }, { extra: gone })
    await told.catch(error => log.warn({ err: error, ...line }, 'an order cut off by a restart could not be ended'))
  }
}
