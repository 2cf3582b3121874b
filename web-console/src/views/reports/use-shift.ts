/** One shift's log. */
import type { ShiftLog } from '../../../../gateway/core/shift-log.ts'
import { type Counted, useCounted } from './use-counted.ts'

export interface AskedShift {
  readonly day: string
  readonly shift: string
}

/** Undefined asks for the shift that runs. */
export const useShift = (asked: AskedShift | undefined): Counted<ShiftLog> =>
  useCounted(`/api/reports/shift?${new URLSearchParams({ ...asked })}`)
