/** Who is taken into an incident's telephone call: a service by the routing table, or a unit; each change as one pure function. */
import type { IncidentId, SourceId } from './brand.ts'
import type { CallEnd } from './placed-call.ts'
import type { LineData } from './step.ts'

export const VOICE_SERVICES = ['110', '119', '120', '12345'] as const
export type VoiceService = (typeof VOICE_SERVICES)[number]

/** Which open calls a further one joins: those of the incident's sources, and those placed for it. */
export interface CallJoin {
  readonly incidentId: IncidentId
  readonly sources: readonly SourceId[]
}

export interface VoiceParty {
  readonly id: string
  /** A service's number, or the unit's name. */
  readonly name: string
  readonly state: 'ringing' | 'joined' | 'left'
  readonly end?: CallEnd
  /** Of the last change. */
  readonly atMs: number
}

export type PartyChange =
  | { readonly what: 'ask'; readonly party: string; readonly name: string }
  | { readonly what: 'joined'; readonly party: string }
  | { readonly what: 'left'; readonly party: string; readonly end: CallEnd }

export type PartyOutcome =
  | {
      readonly ok: true
      readonly parties: readonly VoiceParty[]
      readonly line?: { readonly kind: 'partyAsked' | 'partyJoined' | 'partyLeft'; readonly data: LineData }
    }
  | { readonly ok: false; readonly why: string }

/** At once; the others may have left. */
const MAX_PARTIES = 4
/** Of those who left only the newest stay on the record; the story has all. */
const MAX_LEFT = 6

export const isInCall = ({ state }: VoiceParty): boolean => state !== 'left'

export function applyParty(
  {
    parties = [],
    duress,
    open
  }: { readonly parties?: readonly VoiceParty[]; readonly duress: boolean; readonly open: boolean },
  change: PartyChange,
  nowMs: number
): PartyOutcome {
  const { party: id } = change
  if (change.what === 'ask') {
    const { name } = change
    const inCall = parties.filter(isInCall)
    if (!open) return { ok: false, why: 'the incident is over' }
    if (duress) return { ok: false, why: 'duress: nobody else may be heard there' }
    if (inCall.some(p => p.name === name)) return { ok: false, why: 'this party is in the call already' }
    if (inCall.length >= MAX_PARTIES) return { ok: false, why: 'no more parties fit into the call' }
    const left = parties.filter(p => !isInCall(p)).slice(-MAX_LEFT)
    const party: VoiceParty = { id, name, state: 'ringing', atMs: nowMs }
    return { ok: true, parties: [...left, ...inCall, party], line: { kind: 'partyAsked', data: { name } } }
  }
  const before = parties.find(p => p.id === id)
  if (!before || !isInCall(before)) return { ok: false, why: 'this party is not in the call' }
  const { name } = before
  const after: VoiceParty =
    change.what === 'joined'
      ? { ...before, state: 'joined', atMs: nowMs }
      : { ...before, state: 'left', end: change.end, atMs: nowMs }
  return {
    ok: true,
    parties: parties.map(p => (p === before ? after : p)),
    line:
      change.what === 'joined'
        ? { kind: 'partyJoined', data: { name } }
        : { kind: 'partyLeft', data: { name, callEnd: change.end } }
  }
}
