/** How the number of a source is written, by protocol: one that no frame carries would leave its presses unmapped. */
import { protocolOf, type SourceId } from '../core/brand.ts'
import type { FaultCode } from '../core/subject-record.ts'

const SOURCE = /^[a-z0-9-]{1,32}:[^\s]{1,120}$/
/** As it is dialled. */
export const NUMBER = /^[0-9*#+]{3,32}$/

const WRITTEN: ReadonlyMap<string, readonly [RegExp, FaultCode]> = new Map([
  ['sip', [NUMBER, 'number']],
  ['jt808', [/^(\d{12}|\d{20})$/, 'jt808Id']],
  ['jt905', [/^\d{12}$/, 'jt905Id']],
  ['mqtt', [/^[^/]+\/[^/]+$/, 'siteSource']],
  ['webhook', [/^[^/]+\/[^/]+$/, 'siteSource']]
])

/** Undefined: it can be one. */
export function sourceIdFault(sourceId: SourceId): FaultCode | undefined {
  if (!SOURCE.test(sourceId)) return 'source'
  const [pattern, code] = WRITTEN.get(protocolOf(sourceId)) ?? []
  return pattern && !pattern.test(sourceId.slice(sourceId.indexOf(':') + 1)) ? code : undefined
}
