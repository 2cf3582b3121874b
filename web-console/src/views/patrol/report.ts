/** What a patrol reports: taps and words joined into one sentence, and the disposition by group. Pure. */
import type { Disposition } from '../../../../gateway/core/incident.ts'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'

/** Groups and items in the order of the floor's keys (R: 1 real, 2 false, 3 other). */
export const DISPOSITION_GROUPS = [
  { group: 'real', items: ['real-police', 'real-medical', 'real-fire', 'real-other'] },
  { group: 'false', items: ['false-misuse', 'false-equipment', 'false-unknown'] },
  { group: 'other', items: ['nobody-found', 'cancelled-by-user', 'duplicate', 'test'] }
] as const satisfies readonly { readonly group: string; readonly items: readonly Disposition[] }[]

/** Which words are offered: what the operator found goes before what the device said. */
export function findingsOf({
  nature,
  alarmClass
}: Pick<PatrolTask, 'nature' | 'alarmClass'>): 'any' | 'medical' | 'fire' {
  const kind = nature ?? alarmClass
  if (kind === 'lostOrFallen') return 'medical'
  return kind === 'medical' || kind === 'fire' ? kind : 'any'
}

/** Longest report, characters; the gateway refuses more. */
export const MAX_TEXT = 500

/** The chosen words in the order they are shown, then the free text; empty when nothing was said. */
export function reportText(all: readonly string[], chosen: ReadonlySet<string>, free: string, comma: string): string {
  return [...all.filter(word => chosen.has(word)), free.trim()].filter(Boolean).join(comma).slice(0, MAX_TEXT)
}
