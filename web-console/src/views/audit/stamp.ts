/** `2026-11-28 03:13:18` in the site's zone: years count where one reads what has been. */
import { clockText } from '../../ui/time.ts'
import { dayOf } from '../reports/spans.ts'

export const stampText = (ms: number, timeZone: string): string => `${dayOf(ms, timeZone)} ${clockText(ms, timeZone)}`
