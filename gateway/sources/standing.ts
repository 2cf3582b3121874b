/** How one source is: its protocol's heartbeat rule over what was heard of it; pure. */
import type { Sighting } from '../core/ports.ts'
import type { HeartbeatRule, SourceCause, SourceState } from '../core/sources.ts'

/** A link test is missed when half of another interval has gone by. */
const SLACK = 1.5
const DAY_MS = 86_400_000

export interface Known {
  readonly nowMs: number
  /** Absent: the protocol is not served here. */
  readonly rule?: HeartbeatRule
  /** Of this run. */
  readonly sighting?: Pick<Sighting, 'state' | 'atMs'>
  /** Also of runs before. */
  readonly heardAtMs?: number
  /** Its heartbeats are waited for: a box is supervised from its first link test on. */
  readonly supervised: boolean
  readonly onTest: boolean
  /** Troubles that are there now, by cause, with their beginning. */
  readonly troubles: ReadonlyMap<string, number>
}

export interface Standing {
  readonly state: SourceState
  readonly causes: readonly SourceCause[]
  readonly sinceMs?: number
}

export function standingOf(known: Known): Standing {
  if (known.troubles.size > 0)
    return { state: 'trouble', causes: [...known.troubles.keys()], sinceMs: Math.min(...known.troubles.values()) }
  if (!known.rule) return { state: 'trouble', causes: ['protocolOff'] }
  if (known.onTest) return { state: 'onTest', causes: [] }
  if (known.heardAtMs === undefined) return { state: 'never', causes: [] }
  const late = latenessOf(known.rule, { ...known, heardAtMs: known.heardAtMs })
  return late ? { state: 'late', ...late } : { state: 'online', causes: [] }
}

function latenessOf(
  rule: HeartbeatRule,
  { nowMs, sighting, heardAtMs, supervised }: Known & { readonly heardAtMs: number }
): Pick<Standing, 'causes' | 'sinceMs'> | undefined {
  switch (rule.kind) {
    case 'connection': {
      // `seen` is a word without a connection: it counts for as long as a connection may be away.
      const here =
        sighting?.state === 'online' || (sighting?.state === 'seen' && nowMs - sighting.atMs < rule.troubleMs)
      return here
        ? undefined
        : { causes: ['silent'], sinceMs: sighting?.state === 'offline' ? sighting.atMs : heardAtMs }
    }
    case 'linkTest': {
      const missed = nowMs - heardAtMs >= rule.everyMs * SLACK
      return supervised && missed ? { causes: ['silent'], sinceMs: heardAtMs } : undefined
    }
    case 'testCall': {
      const dueMs = heardAtMs + rule.days * DAY_MS
      return nowMs >= dueMs ? { causes: ['testCallDue'], sinceMs: dueMs } : undefined
    }
    case 'camera':
      return sighting?.state === 'offline' ? { causes: ['cameraOffline'], sinceMs: sighting.atMs } : undefined
    case 'none':
      return undefined
  }
}
