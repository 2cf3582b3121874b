/** Sheets of the 处置预案 while they are edited. Pure. */
import type { TFunction } from 'i18next'
import type { SopSheet, SopStep } from '../../../../gateway/core/sop.ts'

/** Natures, then classes that are none; in the order of the keys and of the queue. */
const NATURES = [
  ...(['medical', 'violence', 'intrusion', 'fire', 'lostOrFallen'] as const),
  ...(['traffic', 'dispute', 'equipment', 'other'] as const)
]
const CLASSES = [
  ...(['panic', 'duress', 'gas', 'help', 'fence', 'tamper', 'water'] as const),
  ...(['environment', 'report', 'camera', 'trouble', 'unmapped'] as const)
]

export const addable = (sheets: readonly SopSheet[]): readonly string[] =>
  [...NATURES, ...CLASSES].filter(kind => !sheets.some(sheet => sheet.kind === kind))

export function kindText(kind: string, t: TFunction): string {
  if (kind === 'default') return t('sop:default')
  const area = NATURES.some(each => each === kind) ? 'nature' : 'alarmClass'
  return t(`words:${area}.${kind}`)
}

export const withSheet = (sheets: readonly SopSheet[], sheet: SopSheet): readonly SopSheet[] =>
  sheets.map(each => (each.kind === sheet.kind ? sheet : each))

/** Undefined when it can be saved; the gateway asks the same. */
export function faultOf(
  sheets: readonly SopSheet[]
): { readonly word: 'empty' | 'noName'; readonly kind: string } | undefined {
  for (const { kind, steps } of sheets) {
    if (steps.length === 0) return { word: 'empty', kind }
    if (steps.some(({ zh, en }) => zh.trim() === '' || en.trim() === '')) return { word: 'noName', kind }
  }
  return undefined
}

/** An id that no step of the sheet has. */
export function newStep(steps: readonly SopStep[]): SopStep {
  let n = steps.length + 1
  while (steps.some(step => step.id === `step-${n}`)) n++
  return { id: `step-${n}`, zh: '', en: '', who: 'operator' }
}

export function moved(steps: readonly SopStep[], from: number, by: 1 | -1): readonly SopStep[] {
  const step = steps[from]
  if (!step || from + by < 0 || from + by >= steps.length) return steps
  const rest = steps.toSpliced(from, 1)
  return rest.toSpliced(from + by, 0, step)
}
