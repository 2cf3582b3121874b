/** The duty report of the video patrol: rounds by plan, shift and person, and the cameras that nobody looked at. Pure. */
import { joinedNames } from '../core/called.ts'
import type { PatrolRound, VideoPatrolReport } from '../core/wall.ts'

type Row = { -readonly [K in keyof VideoPatrolReport['rows'][number]]: VideoPatrolReport['rows'][number][K] }

/** Withdrawn and open rounds count for nobody, but what was looked at in them was looked at. */
export function reportOf(
  rounds: readonly PatrolRound[],
  fromMs: number,
  toMs: number,
  nameOf: (login: string) => string
): VideoPatrolReport {
  const rows = new Map<string, Row>()
  const seen = new Map<string, { readonly planName: string; readonly cameraId: string; seen: boolean }>()
  for (const round of rounds) {
    const looked = new Set(round.looks.filter(look => look.seen).map(look => look.cameraId))
    for (const cameraId of round.cameras) {
      const key = `${round.planId}/${cameraId}`
      const known = seen.get(key) ?? { planName: round.planName, cameraId, seen: false }
      known.seen ||= looked.has(cameraId)
      seen.set(key, known)
    }
    const { state } = round
    if (state === 'open' || state === 'withdrawn') continue
    const person = round.finishedBy?.name ?? joinedNames(round.shift.persons.map(nameOf))
    const { fromMin, toMin } = round.shift
    const key = `${round.planName}/${fromMin}/${toMin}/${person}`
    const row = rows.get(key) ?? {
      planName: round.planName,
      fromMin,
      toMin,
      person,
      done: 0,
      late: 0,
      missed: 0,
      findings: 0
    }
    row[state] += 1
    row.findings += round.findings.length
    rows.set(key, row)
  }
  return {
    fromMs,
    toMs,
    rows: [...rows.values()].sort(
      (a, b) =>
        a.planName.localeCompare(b.planName, 'zh-CN') ||
        a.fromMin - b.fromMin ||
        a.person.localeCompare(b.person, 'zh-CN')
    ),
    neverSeen: [...seen.values()].filter(each => !each.seen).map(({ planName, cameraId }) => ({ planName, cameraId }))
  }
}
