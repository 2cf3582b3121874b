/** Presses that are journaled as one signal: what their row says; pure. */
import { type Gathered, pressedMs, pressesOf, type Signal } from '../core/signal.ts'

/** A sender that makes up zones is bounded. */
const MAX_ZONES = 32

/** The row with these reports added, one begun by the first of them; undefined while there is nothing to say. */
export function gatheredInto(row: Signal | undefined, fresh: readonly Signal[]): Signal | undefined {
  const first = row ?? fresh[0]
  const last = fresh.at(-1)
  if (!first || !last) return row
  if (!row && fresh.length === 1) return first
  const claims = [...claimsOf(row), ...fresh.flatMap(({ deviceTimeMs }) => deviceTimeMs ?? [])]
  const heard = [...(row?.gathered?.zones ?? [first.zone]), ...fresh.map(({ zone }) => zone)]
  const zones = [...new Set(heard.filter(zone => zone !== undefined))].slice(0, MAX_ZONES)
  const gathered: Gathered = {
    presses: (row ? pressesOf(row) : 0) + fresh.length,
    lastEventId: last.eventId,
    lastReceivedMs: Math.max(row ? pressedMs(row) : 0, last.receivedTimeMs),
    ...(claims.length > 0 ? { firstDeviceTimeMs: least(claims), lastDeviceTimeMs: -least(claims.map(ms => -ms)) } : {}),
    ...(zones.length > 1 ? { zones } : {})
  }
  // Whoever moves is where the newest press says.
  return { ...first, ...(last.position ? { position: last.position } : {}), gathered }
}

function claimsOf(row: Signal | undefined): readonly number[] {
  const { firstDeviceTimeMs: first, lastDeviceTimeMs: last } = row?.gathered ?? {}
  return [row?.deviceTimeMs, first, last].filter(ms => ms !== undefined)
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b))
