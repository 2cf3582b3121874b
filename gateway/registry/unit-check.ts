/** A unit's form → its row, or every fault it has; pure. */
import { isDeepStrictEqual } from 'node:util'
import { type GridCellId, id, type UnitId } from '../core/brand.ts'
import type { WeekSpan } from '../core/schedule.ts'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'
import { UNIT_CLASSES, UNIT_SKILLS, type UnitRow } from '../core/unit.ts'
import { ROTA_LIMITS, type UnitDraft } from '../core/unit-record.ts'
import { differing } from './records.ts'
import { newId, tidy } from './subject-check.ts'

export type UnitChecked =
  | { readonly ok: true; readonly row: UnitRow; readonly isNew: boolean; readonly fields: readonly string[] }
  | { readonly ok: false; readonly faults: readonly RecordFault[] }

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/
const VEHICLES = ['car', 'motorcycle', 'bicycle', 'foot']
const NUMBER = /^[0-9*#+]{3,32}$/

export function checkUnit(
  draft: UnitDraft,
  before: UnitRow | undefined,
  hasCell: (cellId: string) => boolean
): UnitChecked {
  const faults: RecordFault[] = []
  const refuse = (field: string, code: FaultCode, other?: string) => faults.push({ field, code, other })
  const name = draft.name.trim()
  const phone = (draft.phone ?? '').normalize('NFKC').replace(/[\s()-]/g, '')
  if (name === '') refuse('name', 'required')
  if (name.length > 60) refuse('name', 'tooLong', '60')
  if (!UNIT_CLASSES.includes(draft.unitClass)) refuse('unitClass', 'choice')
  if (!VEHICLES.includes(draft.vehicle)) refuse('vehicle', 'choice')
  if (!Number.isInteger(draft.memberCount) || draft.memberCount < 1 || draft.memberCount > 100)
    refuse('memberCount', 'range', '1–100')
  if (!(draft.speedKmh >= 1 && draft.speedKmh <= 120)) refuse('speedKmh', 'range', '1–120')
  if (draft.gridCellId && !hasCell(draft.gridCellId)) refuse('gridCellId', 'noCell')
  if (phone !== '' && !NUMBER.test(phone)) refuse('phone', 'number')
  const rota = draft.rota ?? []
  if (rota.length > ROTA_LIMITS.spans) refuse('rota', 'tooMany', String(ROTA_LIMITS.spans))
  for (const [n, span] of rota.entries()) spanFaults(span, n, refuse)
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

/** A week's span: its days, and two times of the clock. */
export function spanFaults(
  { days, from, to }: WeekSpan,
  n: number,
  refuse: (field: string, code: FaultCode) => unknown
): void {
  const wrongDay = days.some(day => !Number.isInteger(day) || day < 1 || day > 7)
  if (days.length === 0 || new Set(days).size < days.length || wrongDay) refuse(`rota.${n}.days`, 'days')
  if (!CLOCK.test(from) || from === '24:00') refuse(`rota.${n}.from`, 'clock')
  if (!CLOCK.test(to)) refuse(`rota.${n}.to`, 'clock')
  else if (from === to) refuse(`rota.${n}.to`, 'sameTime')
}
