/** What is wrong with a sink as it stands in the form, field by field; pure. */
import type { SinkSettings } from '../core/outwards.ts'
import { SINK_LIMITS as LIMITS, type SinkDraft } from '../core/sink-record.ts'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'
import type { SinkReach } from './sink-reach.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/
const ADDRESS = /^[^"\p{Cc}]{1,100}$/u

interface Others {
  /** As it was; undefined: a new one. */
  readonly before: SinkSettings | undefined
  /** Names that are given. */
  readonly names: ReadonlySet<string>
  readonly reach: Pick<SinkReach, 'mayName' | 'isNarrowed'>
}

export function sinkFaults(draft: SinkDraft, { before, names, reach }: Others): readonly RecordFault[] {
  const faults: RecordFault[] = []
  const fault = (field: string, code: FaultCode, other?: string) => void faults.push({ field, code, other })
  if (!before && !NAME.test(draft.name)) fault('name', 'sinkName')
  else if (!before && names.has(draft.name)) fault('name', 'nameTaken', draft.name)
  if (!before && names.size >= LIMITS.sinks) fault('', 'tooMany', String(LIMITS.sinks))
  if (before && draft.format !== before.format) fault('format', 'fixed')
  if (draft.url !== undefined || !before) {
    const code = urlFault(draft.url ?? '', reach)
    if (code) fault('url', code, code === 'tooLong' ? String(LIMITS.url) : undefined)
  }
  const { secret } = draft
  if (secret !== undefined && secret.length < LIMITS.secretLeast)
    fault('secret', 'tooShort', String(LIMITS.secretLeast))
  if (secret !== undefined && secret.length > LIMITS.secretMost) fault('secret', 'tooLong', String(LIMITS.secretMost))
  if (draft.format !== 'cap') return faults
  if (draft.addresses.some(each => !ADDRESS.test(each))) fault('addresses', 'tooLong', '100')
  if (draft.addresses.length > LIMITS.addresses) fault('addresses', 'tooMany', String(LIMITS.addresses))
  if (draft.scope === 'private' && draft.addresses.length === 0) fault('addresses', 'required')
  if (draft.scope === 'restricted' && draft.restriction.trim() === '') fault('restriction', 'required')
  if (draft.scope === 'public' && draft.personal) fault('personal', 'publicPersonal')
  return faults
}

function urlFault(text: string, reach: Others['reach']): FaultCode | undefined {
  if (text === '') return 'required'
  if (text.length > LIMITS.url) return 'tooLong'
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text) || url.hash !== '') return 'webUrl'
  if (url.username !== '' || url.password !== '' || text.includes('@')) return 'webLogin'
  if (reach.mayName(url.hostname)) return undefined
  return reach.isNarrowed ? 'notAllowed' : 'sinkHost'
}

/** The settings without what was only meant for this save. */
export function sinkOf(draft: SinkDraft, before: SinkSettings | undefined): SinkSettings {
  const { secret: _, url = before?.url ?? '', ...rest } = draft
  return { ...rest, url, restriction: draft.restriction.trim(), addresses: draft.addresses.map(each => each.trim()) }
}
