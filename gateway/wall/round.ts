/** One round as pure steps: a look begins, a camera is seen or skipped, a finding is noted, time runs out. The room keeps and audits them. */
import { GatewayError } from '../core/errors.ts'
import { type Maker, PATROL_LIMITS, type PatrolFinding, type PatrolPlan, type PatrolRound } from '../core/wall.ts'
import { roundIdOf, type Slot } from './slots.ts'

export function newRound(plan: PatrolPlan, slot: Slot): PatrolRound {
  return {
    id: roundIdOf(plan.id, slot),
    planId: plan.id,
    planName: plan.name,
    shift: slot.shift,
    cameras: plan.cameras,
    minLookS: plan.minLookS,
    openMs: slot.openMs,
    dueMs: slot.dueMs,
    closesMs: slot.closesMs,
    state: 'open',
    looks: [],
    skips: [],
    findings: []
  }
}

const refused = (why: string, detail: Readonly<Record<string, string | number>> = {}) =>
  new GatewayError('ROUND_REFUSED', { why, ...detail })

function checked(round: PatrolRound, cameraId: string): void {
  if (round.state !== 'open') throw refused('over', { state: round.state })
  if (!round.cameras.includes(cameraId)) throw refused('otherCamera', { camera: cameraId.slice(0, 80) })
}

/** Cameras that are done with: seen or skipped with a reason. */
export function doneCameras(round: PatrolRound): ReadonlySet<string> {
  return new Set([
    ...round.looks.filter(look => look.seen).map(look => look.cameraId),
    ...round.skips.map(skip => skip.cameraId)
  ])
}

/** A look that is broken off is on record too, as not seen. */
function ended(round: PatrolRound, nowMs: number, seen: boolean): PatrolRound {
  const { looking, ...rest } = round
  if (!looking) return round
  return { ...rest, looks: [...round.looks, { ...looking, toMs: nowMs, seen }] }
}

function finished(round: PatrolRound, by: Maker, nowMs: number): PatrolRound {
  const done = doneCameras(round)
  if (!round.cameras.every(cameraId => done.has(cameraId))) return round
  return { ...round, state: nowMs <= round.dueMs ? 'done' : 'late', finishedAtMs: nowMs, finishedBy: by }
}

/** ROUND_REFUSED over, otherCamera, tooMany. */
export function beginLook(round: PatrolRound, cameraId: string, by: Maker, nowMs: number): PatrolRound {
  checked(round, cameraId)
  if (round.looking?.cameraId === cameraId && round.looking.login === by.login) return round
  const before = ended(round, nowMs, false)
  if (before.looks.length >= PATROL_LIMITS.looks) throw refused('tooMany')
  return { ...before, looking: { ...by, cameraId, fromMs: nowMs } }
}

/** ROUND_REFUSED notLooking, tooSoon (`waitS`); the least look is measured by our clock. */
export function markSeen(round: PatrolRound, cameraId: string, by: Maker, nowMs: number): PatrolRound {
  checked(round, cameraId)
  const { looking } = round
  if (looking?.cameraId !== cameraId || looking.login !== by.login) throw refused('notLooking')
  const waitMs = looking.fromMs + round.minLookS * 1_000 - nowMs
  if (waitMs > 0) throw refused('tooSoon', { waitS: Math.ceil(waitMs / 1_000) })
  return finished(ended(round, nowMs, true), by, nowMs)
}

export function skipCamera(
  round: PatrolRound,
  cameraId: string,
  reason: string,
  by: Maker,
  nowMs: number
): PatrolRound {
  checked(round, cameraId)
  if (doneCameras(round).has(cameraId)) return round
  const before = ended(round, nowMs, false)
  return finished({ ...before, skips: [...before.skips, { ...by, cameraId, atMs: nowMs, reason }] }, by, nowMs)
}

/** May it be noted? ROUND_REFUSED over, otherCamera, tooMany. */
export function checkFinding(round: PatrolRound, cameraId: string): void {
  // What is seen in the last moment of a round, or just after it, is no less true.
  if (!round.cameras.includes(cameraId)) throw refused('otherCamera', { camera: cameraId.slice(0, 80) })
  if (round.findings.length >= PATROL_LIMITS.findings) throw refused('tooMany')
}

export function withFinding(round: PatrolRound, finding: PatrolFinding): PatrolRound {
  return { ...round, findings: [...round.findings.filter(each => each.id !== finding.id), finding] }
}

/** A round whose time is over is missed; the look under way is on record as it was. */
export function settled(round: PatrolRound, nowMs: number): PatrolRound {
  if (round.state !== 'open' || nowMs < round.closesMs) return round
  return { ...ended(round, round.closesMs, false), state: 'missed' }
}
