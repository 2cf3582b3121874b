/** A unit's form → its row, or every fault it has; pure. */
import { isDeepStrictEqual } from 'node:util'
import { type GridCellId, id, type UnitId } from '../core/brand.ts'
import type { WeekSpan } from '../core/schedule.ts'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'
import { UNIT_CLASSES, UNIT_SKILLS, type UnitRow } from '../core/unit.ts'
import { ROTA_LIMITS, type UnitDraft } from '../core/unit-record.ts'
import { differing } from './records.ts'
import { sameText } from './same-subject.ts'
import { NUMBER } from './source-ids.ts'
import { newId, tidy } from './subject-check.ts'

export type UnitChecked =
  | { readonly ok: true; readonly row: UnitRow; readonly isNew: boolean; readonly fields: readonly string[] }
  | { readonly ok: false; readonly faults: readonly RecordFault[] }

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/
const VEHICLES = ['car', 'motorcycle', 'bicycle', 'foot']

export interface UnitKnown {
  hasCell(cellId: string): boolean
  readonly units: readonly UnitRow[]
}

export function checkUnit(draft: UnitDraft, before: UnitRow | undefined, known: UnitKnown): UnitChecked {
  const faults: RecordFault[] = []
  const refuse = (field: string, code: FaultCode, other?: string) => faults.push({ field, code, other })
  const name = draft.name.trim()
  const phone = (draft.phone ?? '').normalize('NFKC').replace(/[\s()-]/g, '')
  if (name === '') refuse('name', 'required')
  if (name.length > 60) refuse('name', 'tooLong', '60')
  // Whoever sends a unit by its name must not send another one.
  const called = sameText(name)
  const others = before?.name === name ? [] : known.units.filter(each => each.id !== draft.id)
  const other = others.find(each => sameText(each.name) === called)
  if (name !== '' && other) refuse('name', 'nameTaken', other.id)
  if (!UNIT_CLASSES.includes(draft.unitClass)) refuse('unitClass', 'choice')
  if (!VEHICLES.includes(draft.vehicle)) refuse('vehicle', 'choice')
  if (!Number.isInteger(draft.memberCount) || draft.memberCount < 1 || draft.memberCount > 100)
    refuse('memberCount', 'range', '1–100')
  if (!(draft.speedKmh >= 1 && draft.speedKmh <= 120)) refuse('speedKmh', 'range', '1–120')
  if (draft.gridCellId && !known.hasCell(draft.gridCellId)) refuse('gridCellId', 'noCell')
  if (phone !== '' && !NUMBER.test(phone)) refuse('phone', 'number')
  const rota = draft.rota ?? []
  if (rota.length > ROTA_LIMITS.spans) refuse('rota', 'tooMany', String(ROTA_LIMITS.spans))
  spansFaults(rota, refuse)
  if (faults.length > 0) return { ok: false, faults }
  const skills = UNIT_SKILLS.filter(each => draft.skills?.includes(each))
  const { unitClass, vehicle, memberCount, speedKmh } = draft
  const row = tidy({
    ...{ id: id<UnitId>(draft.id ?? newId('u')), name, unitClass, memberCount, vehicle, speedKmh, phone },
    gridCellId: id<GridCellId>(draft.gridCellId ?? ''),
    skills: skills.length > 0 ? skills : undefined,
    rota: rota.length > 0 ? rota.map(({ days, from, to }) => ({ days: [...days].sort(), from, to })) : undefined
  }) as UnitRow
  return { ok: true, row, isNew: !before, fields: differing(before, row, isDeepStrictEqual) }
}

type Refuse = (field: string, code: FaultCode, other?: string) => unknown

/** A week's spans: each by itself, and none in the time of an earlier one. */
export function spansFaults(spans: readonly WeekSpan[], refuse: Refuse): void {
  let isWhole = true
  for (const [n, span] of spans.entries())
    spanFaults(span, n, (field, code) => {
      isWhole = false
      refuse(field, code)
    })
  if (!isWhole) return
  for (const [n, span] of spans.entries()) {
    const earlier = spans.slice(0, n).findIndex(each => overlap(each, span))
    if (earlier >= 0) refuse(`rota.${n}.from`, 'overlap', String(earlier + 1))
  }
}

const DAY_MIN = 24 * 60
const WEEK_MIN = 7 * DAY_MIN
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** Minutes of the week; what ends before it begins ends on the next day, Sunday's on Monday. */
function stretches({ days, from, to }: WeekSpan): readonly (readonly [number, number])[] {
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  const lengthMin = end > begin ? end - begin : end - begin + DAY_MIN
  return days.flatMap(day => {
    const at = (day - 1) * DAY_MIN + begin
    const whole = [at, at + lengthMin] as const
    return at + lengthMin > WEEK_MIN ? [whole, [at - WEEK_MIN, at + lengthMin - WEEK_MIN] as const] : [whole]
  })
}

function overlap(a: WeekSpan, b: WeekSpan): boolean {
  const others = stretches(b)
  return stretches(a).some(([from, to]) => others.some(([begin, end]) => from < end && begin < to))
}

function spanFaults({ days, from, to }: WeekSpan, n: number, refuse: Refuse): void {
  const wrongDay = days.some(day => !Number.isInteger(day) || day < 1 || day > 7)
  if (days.length === 0 || new Set(days).size < days.length || wrongDay) refuse(`rota.${n}.days`, 'days')
  if (!CLOCK.test(from) || from === '24:00') refuse(`rota.${n}.from`, 'clock')
  if (!CLOCK.test(to)) refuse(`rota.${n}.to`, 'clock')
  else if (from === to) refuse(`rota.${n}.to`, 'sameTime')
}
