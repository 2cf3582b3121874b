/** A form's or a CSV line's content → the rows it stands for, or every fault it has; pure. */
import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { Contact } from '../core/incident.ts'
import { ALARM_CLASSES, SOURCE_KINDS } from '../core/signal.ts'
import {
  type FaultCode,
  RECORD_LIMITS,
  type RecordFault,
  type SourceDraft,
  type SubjectDraft
} from '../core/subject-record.ts'
import type { Consent, SourceRow, SubjectRow } from '../core/unit.ts'
import { placeFault } from './place-check.ts'
import { differing } from './records.ts'
import type { Rows } from './rows.ts'
import { sameAs, sameKey, sameText } from './same-subject.ts'
import { sharedFault, sharersOf } from './sharers.ts'
import { NUMBER, sourceIdFault } from './source-ids.ts'

export type CheckRows = Pick<Rows, 'data' | 'cells' | 'subject' | 'source' | 'sourcesOf' | 'isAdopted' | 'group'> & {
  hasCell(cellId: string): boolean
  /** The number of the open incident in which this subject (undefined: whoever), or one of these sources, calls for help. */
  calling(subjectId: SubjectId | undefined, sourceIds: readonly SourceId[]): string | undefined
}

/** A subject with what it has, as it is kept. */
export interface SubjectValue {
  readonly row: SubjectRow
  readonly sources: readonly SourceRow[]
}

export type Checked =
  | {
      readonly ok: true
      readonly row: SubjectRow
      /** Without adopted terminals, which are kept by whoever adopted them. */
      readonly sources: readonly SourceRow[]
      readonly isNew: boolean
      /** Names of what differs from the row of now; empty: nothing. */
      readonly fields: readonly string[]
    }
  | { readonly ok: false; readonly faults: readonly RecordFault[] }

export type Refuse = (field: string, code: FaultCode, value?: string, other?: string) => void

/** Longest texts, in characters, as the schema of the registry file has them. */
const LONGEST = { name: 200, address: 300, description: 300, medicalNote: 1_000, accessNote: 1_000 } as const
const KINDS: ReadonlySet<string> = new Set(['household', 'premises', 'vehicle'])

export function checkSubject(draft: SubjectDraft, rows: CheckRows): Checked {
  const faults: RecordFault[] = []
  const refuse: Refuse = (field, code, value, other) => {
    faults.push({ field, code, ...(value ? { value: value.slice(0, 60) } : {}), ...(other ? { other } : {}) })
  }
  const before = draft.id === undefined ? undefined : rows.subject(id(draft.id))
  const subjectId = id<SubjectId>(draft.id ?? newId('h'))
  const row = rowOf(draft, subjectId, before, rows, refuse)
  const sources = sourcesOf(draft.sources, row, rows, refuse)
  const own = before ? ownOf(rows, subjectId) : []
  const call = callFault(rows, subjectId, sources)
  if (call && faults.length === 0) faults.push(call)
  if (faults.length > 0) return { ok: false, faults }
  const fields = [...differing(before, row, isDeepStrictEqual), ...(isDeepStrictEqual(own, sources) ? [] : ['sources'])]
  return { ok: true, row, sources, isNew: !before, fields }
}

/** Those that no terminal's approval brought. */
export function ownOf(rows: Pick<Rows, 'sourcesOf' | 'isAdopted'>, subjectId: SubjectId): readonly SourceRow[] {
  return rows.sourcesOf(subjectId).filter(each => !rows.isAdopted(each.id))
}

/**
 * Nobody's sources are taken away while he calls for help: the next press would open a second incident somewhere else, of which nobody knows
 * that it is under duress. So with a source that no row has: it is given to nobody before its own call is over.
 */
export function callFault(
  rows: Pick<CheckRows, 'source' | 'sourcesOf' | 'isAdopted' | 'calling'>,
  subjectId: SubjectId,
  kept: readonly SourceRow[]
): RecordFault | undefined {
  const stays = new Set(kept.map(each => each.id))
  const gone = ownOf(rows, subjectId).flatMap(each => (stays.has(each.id) ? [] : each.id))
  const come = kept.flatMap(each => (rows.source(each.id) ? [] : each.id))
  // Whom its next press names, and so which incident it belongs to.
  const sharedAnew = kept.flatMap(each => {
    const known = rows.source(each.id)
    return known && !isDeepStrictEqual(known.alsoSubjectIds, each.alsoSubjectIds) ? each.id : []
  })
  const faultOf = (sourceIds: readonly SourceId[], of?: SubjectId): RecordFault | undefined => {
    const other = sourceIds.length > 0 ? rows.calling(of, sourceIds) : undefined
    return other === undefined
      ? undefined
      : { field: 'sources', code: 'calling', value: sourceIds.join(' ').slice(0, 60), other }
  }
  return faultOf(gone, subjectId) ?? faultOf(come) ?? faultOf(sharedAnew)
}

function rowOf(
  draft: SubjectDraft,
  subjectId: SubjectId,
  before: SubjectRow | undefined,
  rows: CheckRows,
  refuse: Refuse
): SubjectRow {
  const text = (field: keyof typeof LONGEST, needed = false): string | undefined => {
    const value = draft[field]?.trim() || undefined
    if (needed && value === undefined) refuse(field, 'required')
    if (value !== undefined && value.length > LONGEST[field]) refuse(field, 'tooLong', value, String(LONGEST[field]))
    return value
  }
  if (!KINDS.has(draft.kind)) refuse('kind', 'choice', draft.kind)
  if (!/^\S{1,80}$/.test(subjectId)) refuse('id', 'choice', subjectId)
  const listed = (field: 'groupId' | 'gridCellId', known: (each: string) => unknown, code: FaultCode) => {
    const value = draft[field]?.trim() || undefined
    if (value !== undefined && !known(value)) refuse(field, code, value)
    return value
  }
  const fleetId = draft.fleetId?.trim() || undefined
  if (fleetId !== undefined && !/^\S{1,80}$/.test(fleetId)) refuse('fleetId', 'choice', fleetId)
  const row: { [K in keyof SubjectRow]: SubjectRow[K] | undefined } = {
    ...before,
    id: subjectId,
    kind: draft.kind,
    name: text('name', true) ?? '',
    address: text('address', draft.kind !== 'vehicle') ?? '',
    position: placeOf(draft, rows, refuse),
    phone: numberOf(draft.phone, 'phone', refuse),
    description: text('description'),
    medicalNote: text('medicalNote'),
    accessNote: text('accessNote'),
    contacts: contactsOf(draft.contacts, before?.contacts, refuse),
    consent: consentOf(draft.consent, 'consent', refuse),
    groupId: id(listed('groupId', rows.group, 'noGroup') ?? ''),
    gridCellId: id(listed('gridCellId', rows.hasCell, 'noCell') ?? ''),
    fleetId: id(fleetId ?? ''),
    phrases: phrasesOf(draft, before, refuse)
  }
  const made = tidy(row) as SubjectRow
  // Two that the file has alike may still be changed in everything else.
  const other = before && sameKey(before) === sameKey(made) ? undefined : sameAs(made, rows.data.subjects)
  if (other) refuse('name', made.kind === 'vehicle' ? 'plateTaken' : 'sameRecord', made.name, other.id)
  return made
}

/** Two that sound alike say nothing: whoever is forced would be taken for safe. */
function phrasesOf(
  { phrases }: SubjectDraft,
  before: SubjectRow | undefined,
  refuse: Refuse
): SubjectRow['phrases'] | undefined {
  if (phrases === null) return undefined
  if (!phrases) return before?.phrases
  const [safe, duress] = [phrases.safe.trim(), phrases.duress?.trim() ?? '']
  if (safe === '') refuse('phrases.safe', 'required')
  else if (heard(safe) === heard(duress)) refuse('phrases.duress', 'samePhrase')
  return { safe, ...(duress === '' ? {} : { duress }) }
}

/** Without what is not heard. */
const heard = (text: string) => sameText(text.replace(/[\p{P}\p{S}]/gu, ''))

/** Without what is empty, as the file would have it. */
export function tidy<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([key, each]) => key === 'address' || (each !== undefined && each !== ''))
  ) as T
}

function placeOf({ position }: SubjectDraft, { cells }: Pick<Rows, 'cells'>, refuse: Refuse): SubjectRow['position'] {
  if (!position) return undefined
  const { lat, lon, datum } = position
  const fault = placeFault(position, cells)
  if (fault) refuse(fault.field, fault.code, `${lat}, ${lon}`, fault.other)
  return { lat, lon, datum: datum === 'gcj02' ? 'gcj02' : 'wgs84' }
}

/** Digits as they are dialled, however they were written. */
function numberOf(text: string | undefined, field: string, refuse: Refuse): string | undefined {
  const number = (text ?? '').normalize('NFKC').replace(/[\s()-]/g, '')
  if (number === '') return undefined
  if (!NUMBER.test(number)) refuse(field, 'number', text)
  return number
}

/**
 * Consent to be written to: a day gives it, an empty text takes it back; where it is not spoken of (CSV) it stays with the same person under the
 * same number, and with nobody else.
 */
function contactsOf(
  drafts: readonly Contact[],
  before: readonly Contact[] | undefined,
  refuse: Refuse
): readonly Contact[] | undefined {
  if (drafts.length > RECORD_LIMITS.contacts) {
    refuse('contacts', 'tooMany', undefined, String(RECORD_LIMITS.contacts))
    return undefined
  }
  const contacts = drafts.map(({ name, relation, phone, messageConsent }, n) => {
    const [who, whose] = [name.trim(), relation.trim()]
    const number = numberOf(phone, `contacts.${n}.phone`, refuse)
    if (who === '') refuse(`contacts.${n}.name`, 'required')
    if (number === undefined) refuse(`contacts.${n}.phone`, 'required')
    if (who.length > 60) refuse(`contacts.${n}.name`, 'tooLong', who, '60')
    if (whose.length > 50) refuse(`contacts.${n}.relation`, 'tooLong', whose, '50')
    const same = before?.find(each => each.name === who && numberOf(each.phone, '', () => undefined) === number)
    const agreed = messageConsent ?? same?.messageConsent ?? ''
    if (agreed !== '' && !isDay(agreed)) refuse(`contacts.${n}.messageConsent`, 'day', agreed)
    return { name: who, relation: whose, phone: number ?? '', ...(agreed === '' ? {} : { messageConsent: agreed }) }
  })
  return contacts.length > 0 ? contacts : undefined
}

function consentOf(consent: Consent | undefined, field: string, refuse: Refuse): Consent | undefined {
  const [by, on, relation] = [consent?.by.trim() ?? '', consent?.on.trim() ?? '', consent?.relation?.trim() ?? '']
  if (by === '' && on === '' && relation === '') return undefined
  if (by === '') refuse(`${field}.by`, 'required')
  if (!isDay(on)) refuse(`${field}.on`, 'day', on)
  if (by.length > 60) refuse(`${field}.by`, 'tooLong', by, '60')
  if (relation.length > 30) refuse(`${field}.relation`, 'tooLong', relation, '30')
  return { by, on, ...(relation ? { relation } : {}) }
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(at) && new Date(at).toISOString().startsWith(text)
}

function sourcesOf(
  drafts: readonly SourceDraft[],
  { id: subjectId, kind }: Pick<SubjectRow, 'id' | 'kind'>,
  rows: CheckRows,
  refuse: Refuse
): readonly SourceRow[] {
  // Each is compared with every other: more than the limit are not looked at.
  if (drafts.length > RECORD_LIMITS.sources) {
    refuse('sources', 'tooMany', undefined, String(RECORD_LIMITS.sources))
    return []
  }
  const made = drafts.map((draft, n) => {
    const field = `sources.${n}.id`
    const sourceId = id<SourceId>(draft.id.trim())
    const known = rows.source(sourceId)
    // One of the file stays as the file has it.
    const wrong = known ? undefined : sourceIdFault(sourceId)
    if (wrong) refuse(field, wrong, sourceId)
    else if (known && known.subjectId !== subjectId)
      refuse(field, 'taken', sourceId, rows.subject(known.subjectId)?.name ?? known.subjectId)
    if (drafts.findIndex(each => each.id.trim() === sourceId) < n) refuse(field, 'twice', sourceId)
    if (!SOURCE_KINDS.includes(draft.kind)) refuse(`sources.${n}.kind`, 'choice', draft.kind)
    if (draft.alarmClass !== undefined && !ALARM_CLASSES.includes(draft.alarmClass))
      refuse(`sources.${n}.alarmClass`, 'choice', draft.alarmClass)
    const label = draft.label?.trim() || undefined
    if (label !== undefined && label.length > 200) refuse(`sources.${n}.label`, 'tooLong', label, '200')
    const consent = consentOf(draft.consent, `sources.${n}.consent`, refuse)
    const locator = tidy({ ...known?.locator, consent })
    const alsoSubjectIds = sharersOf(draft, n, { id: subjectId, kind }, rows, refuse) ?? known?.alsoSubjectIds
    const row = { ...known, id: sourceId, subjectId, kind: draft.kind, label, alarmClass: draft.alarmClass }
    return tidy({
      ...row,
      alsoSubjectIds: alsoSubjectIds?.length ? alsoSubjectIds : undefined,
      locator: Object.keys(locator).length > 0 || known?.locator ? locator : undefined
    }) as SourceRow
  })
  const shared = sharedFault(rows.sourcesOf(subjectId), made)
  if (shared) refuse(shared.field, shared.code, shared.value)
  return made
}

/** Short enough to be read over a telephone; 31^9 of them. */
export function newId(letter: string): string {
  const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
  return `${letter}-${Array.from({ length: 9 }, () => alphabet[randomInt(alphabet.length)]).join('')}`
}
