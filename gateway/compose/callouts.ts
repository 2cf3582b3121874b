/** Joins the neighbours' call-out to the registry's groups and to whichever protocol can ring a telephone. */
import type { Config } from '../config.ts'
import { protocolOf, type SubjectId } from '../core/brand.ts'
import type { Household } from '../core/callout.ts'
import type { CalloutDelays } from '../core/callout-start.ts'
import type { Incident } from '../core/incident.ts'
import type { CallEvents, PlacedCall } from '../core/placed-call.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { type Callouts, startCallouts } from '../dispatch/callouts.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Registry } from '../registry/registry.ts'

export interface CalloutDeps {
  readonly clock: Clock
  readonly log: Log
  readonly config: Pick<Config, 'incidents'>
  readonly incidents: Pick<Incidents, 'get' | 'all' | 'isCalling' | 'step'>
  readonly registry: Pick<Registry, 'subject' | 'sourcesOf' | 'groupMembers'>
  readonly parts: readonly { readonly adapter: Adapter }[]
}

const NUMBER = /^[0-9*#+]{3,32}$/
const NO_LINE: PlacedCall = { say: () => {}, hangUp: () => {} }

export function createCallouts({ clock, log, config, incidents, registry, parts }: CalloutDeps): Callouts {
  const callers = parts.map(part => part.adapter).filter(adapter => adapter.placeCall)
  const lineTo = (number: string) => callers.find(adapter => adapter.freeLines?.(number) !== undefined)
  return startCallouts({
    ...{ clock, log, incidents, settings: config.incidents.callout },
    households: incident => neighboursOf(incident, registry),
    freeLines: number => lineTo(number)?.freeLines?.(number),
    place: (request, events) => lineTo(request.number)?.placeCall?.(request, events) ?? unreachable(events)
  })
}

/** Each telephone rings once, and never the caller's own. */
function neighboursOf({ subject }: Incident, registry: CalloutDeps['registry']): Household[] {
  if (!subject.group) return []
  const phoneOf = (subjectId: SubjectId) => numberOf(subjectId, registry)
  const callers = [subject.id, ...(subject.shared ?? []).map(each => each.id)]
  const taken = new Set([subject.phone, ...callers.map(phoneOf)])
  return registry.groupMembers(subject.group.id).flatMap(({ id: subjectId, name, address }) => {
    const number = phoneOf(subjectId)
    if (number === undefined || callers.includes(subjectId) || taken.has(number)) return []
    taken.add(number)
    return [{ subjectId, name, address, number }]
  })
}

/** The number of a household's card, else of its own telephone. */
function numberOf(subjectId: SubjectId, registry: Pick<Registry, 'subject' | 'sourcesOf'>): string | undefined {
  const line = registry
    .sourcesOf(subjectId)
    .find(({ id }) => protocolOf(id) === 'sip')
    ?.id.slice('sip:'.length)
  return [registry.subject(subjectId)?.phone, line].find(n => n !== undefined && NUMBER.test(n))
}

function unreachable(events: CallEvents): PlacedCall {
  queueMicrotask(() => events.ended('unreachable'))
  return NO_LINE
}

/** What the console counts down by. */
export function calloutDelays({ incidents }: CalloutDeps['config']): CalloutDelays {
  const { enabled, othersAfterMs, unverifiedAfterMs, limitMs } = incidents.callout
  return { enabled, othersAfterMs, unverifiedAfterMs, limitMs }
}
