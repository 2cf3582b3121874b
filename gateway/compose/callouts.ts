/** Joins the neighbours' call-out to the registry's groups and to whichever protocol can ring a telephone. */
import type { Config } from '../config.ts'
import { protocolOf } from '../core/brand.ts'
import type { Household } from '../core/callout.ts'
import type { Incident } from '../core/incident.ts'
import type { CallEvents, PlacedCall } from '../core/placed-call.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import type { SubjectRow } from '../core/unit.ts'
import { type Callouts, startCallouts } from '../dispatch/callouts.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Registry } from '../registry/registry.ts'

export interface CalloutDeps {
  readonly clock: Clock
  readonly log: Log
  readonly config: Pick<Config, 'incidents'>
  readonly incidents: Pick<Incidents, 'get' | 'all' | 'step'>
  readonly registry: Pick<Registry, 'data' | 'groupMembers'>
  readonly parts: readonly { readonly adapter: Adapter }[]
}

const NUMBER = /^[0-9*#+]{3,32}$/
const NO_LINE: PlacedCall = { say: () => {}, hangUp: () => {} }

export function createCallouts({ clock, log, config, incidents, registry, parts }: CalloutDeps): Callouts {
  const phones = phonesOf(registry)
  const callers = parts.map(part => part.adapter).filter(adapter => adapter.placeCall)
  const lineTo = (number: string) => callers.find(adapter => adapter.freeLines?.(number) !== undefined)
  return startCallouts({
    ...{ clock, log, incidents, settings: config.incidents.callout },
    households: incident => neighboursOf(incident, registry, phones),
    freeLines: number => lineTo(number)?.freeLines?.(number),
    place: (request, events) => lineTo(request.number)?.placeCall?.(request, events) ?? unreachable(events)
  })
}

/** Each telephone rings once, and never the caller's own. */
function neighboursOf(
  { subject }: Incident,
  registry: Pick<Registry, 'groupMembers'>,
  phones: ReadonlyMap<string, string>
): Household[] {
  if (!subject.group) return []
  const callers = [subject.id, ...(subject.shared ?? []).map(each => each.id)]
  const taken = new Set([subject.phone, ...callers.map(each => phones.get(each))])
  return registry.groupMembers(subject.group.id).flatMap(({ id: subjectId, name, address }) => {
    const number = phones.get(subjectId)
    if (number === undefined || callers.includes(subjectId) || taken.has(number)) return []
    taken.add(number)
    return [{ subjectId, name, address, number }]
  })
}

/** The number of each household's card, else of its own telephone. */
function phonesOf({ data }: Pick<Registry, 'data'>): ReadonlyMap<string, string> {
  const lines = new Map<string, string>()
  for (const { id, subjectId } of data.sources)
    if (protocolOf(id) === 'sip' && !lines.has(subjectId)) lines.set(subjectId, id.slice('sip:'.length))
  const phoneOf = (row: SubjectRow) => [row.phone, lines.get(row.id)].find(n => n !== undefined && NUMBER.test(n))
  return new Map(
    data.subjects.flatMap(row => (row.groupId ? [[row.id, phoneOf(row) ?? ''] as const] : [])).filter(([, n]) => n)
  )
}

function unreachable(events: CallEvents): PlacedCall {
  queueMicrotask(() => events.ended('unreachable'))
  return NO_LINE
}
