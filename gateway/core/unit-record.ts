/** Units 巡防力量 and who is to be on duty when, as the administrator sees and changes them (/api/units). */
import type { RecordVersion } from './subject-record.ts'
import type { UnitRow, UnitState } from './unit.ts'

export type UnitDraft = Omit<UnitRow, 'id' | 'gridCellId'> & { readonly id?: string; readonly gridCellId?: string }

export interface UnitLine {
  readonly id: string
  readonly name: string
  readonly unitClass: UnitRow['unitClass']
  readonly vehicle: UnitRow['vehicle']
  readonly memberCount: number
  readonly phone?: string
  readonly state: UnitState
  readonly onDutySinceMs?: number
  /** Who has signed on. */
  readonly members: readonly string[]
  /** By the rota of this moment; absent: it has none. */
  readonly due?: boolean
  /** People who may sign on to it. */
  readonly people: number
  readonly version: number
}

export interface UnitDetail {
  readonly draft: UnitDraft & { readonly id: string }
  readonly version: number
  readonly history: readonly RecordVersion[]
}

export const ROTA_LIMITS = { spans: 50 } as const
