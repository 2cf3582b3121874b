/** A round as the page shows it: which cameras are done with, which comes next, how long to look on, how much time is left. Pure. */
import type { PatrolRound } from '../../../../gateway/core/wall.ts'

export type CameraState = 'seen' | 'skipped' | 'looking' | 'open'

export interface WalkRow {
  readonly cameraId: string
  readonly state: CameraState
  readonly findings: number
}

export interface Walk {
  readonly rows: readonly WalkRow[]
  readonly done: number
  /** The camera this person looks at now. */
  readonly current: string | undefined
  /** Those to come after it, in order: from behind it to the end, then from the beginning. */
  readonly next: readonly string[]
}

export function walkOf(round: PatrolRound, login: string): Walk {
  const seen = new Set(round.looks.filter(look => look.seen).map(look => look.cameraId))
  const skipped = new Set(round.skips.map(skip => skip.cameraId))
  const current = round.looking?.login === login ? round.looking.cameraId : undefined
  const stateOf = (cameraId: string): CameraState => {
    if (cameraId === current) return 'looking'
    if (seen.has(cameraId)) return 'seen'
    return skipped.has(cameraId) ? 'skipped' : 'open'
  }
  const rows = round.cameras.map(cameraId => ({
    cameraId,
    state: stateOf(cameraId),
    findings: round.findings.filter(finding => finding.cameraId === cameraId).length
  }))
  const at = round.cameras.indexOf(current ?? '')
  const turned = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))]
  return {
    rows,
    done: rows.filter(row => seen.has(row.cameraId) || skipped.has(row.cameraId)).length,
    current,
    next: turned.filter(row => row.state === 'open').map(row => row.cameraId)
  }
}

/** Seconds until the camera counts as seen, 0 when it does; rounded up, so that the key works when 0 is shown. */
export function lookLeftS(round: PatrolRound, login: string, nowMs: number): number {
  if (!round.looking || round.looking.login !== login) return round.minLookS
  return Math.max(0, Math.ceil((round.looking.fromMs + round.minLookS * 1_000 - nowMs) / 1_000))
}

/** The round to walk first: one somebody has begun here, else the one that is due first. */
export function firstRound(rounds: readonly PatrolRound[], login: string): PatrolRound | undefined {
  const mine = rounds.filter(round => round.shift.persons.includes(login))
  return mine.find(round => round.looking?.login === login) ?? mine.toSorted((a, b) => a.dueMs - b.dueMs)[0]
}

/** The answer when it belongs to this round and something happened after what the record knows. */
export function newerOf(round: PatrolRound, answered: PatrolRound | undefined): PatrolRound {
  return answered?.id === round.id && lastMs(answered) > lastMs(round) ? answered : round
}

/** When something was done in a round last, by the gateway's clock. */
function lastMs({ looking, looks, skips, findings, finishedAtMs }: PatrolRound): number {
  return Math.max(
    looking?.fromMs ?? 0,
    finishedAtMs ?? 0,
    ...looks.map(look => look.toMs),
    ...skips.map(skip => skip.atMs),
    ...findings.map(finding => finding.atMs)
  )
}

/** `08:00–16:00`; the end of the day is 24:00. */
export function shiftText(shift: { readonly fromMin: number; readonly toMin: number }): string {
  return `${minuteOfDay(shift.fromMin)}–${minuteOfDay(shift.toMin === 0 ? 1_440 : shift.toMin)}`
}

export function minuteOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** Minutes of `08:30` or `24:00`; undefined for anything else. */
export function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text.trim()) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  const total = Number(hours) * 60 + Number(minutes)
  return total > 1_440 ? undefined : total % 1_440
}
