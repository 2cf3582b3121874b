/** What the form of a household holds, all of it as text, and what is sent of it; pure. */
import type {
  Sharer,
  SourceDraft,
  SubjectDetail,
  SubjectDraft,
  SubjectKind
} from '../../../../gateway/core/subject-record.ts'

export interface FormSource {
  /** Of the row on screen: an id may be typed anew. */
  readonly key: number
  readonly id: string
  readonly kind: SourceDraft['kind']
  readonly label: string
  readonly alarmClass: string
  readonly consentBy: string
  readonly consentOn: string
  readonly consentRelation: string
  /** The other households that share it. */
  readonly also: readonly Sharer[]
}

export interface FormContact {
  readonly key: number
  readonly name: string
  readonly relation: string
  readonly phone: string
  /** Day of his consent to be written to; empty: he is only rung. */
  readonly messageConsent: string
}

export const emptyContact = (): FormContact => ({
  ...{ key: nextKey(), name: '', relation: '', phone: '', messageConsent: '' }
})

/** Another name or number is another person: he has not agreed to anything. */
export const changedContact = (contact: FormContact, change: Partial<FormContact>): FormContact => ({
  ...contact,
  ...('name' in change || 'phone' in change ? { messageConsent: '' } : {}),
  ...change
})

export interface SubjectForm {
  readonly kind: SubjectKind
  readonly texts: Readonly<Record<TextKey, string>>
  readonly contacts: readonly FormContact[]
  readonly sources: readonly FormSource[]
}

const TEXTS = [
  ...([
    'name',
    'address',
    'phone',
    'description',
    'medicalNote',
    'accessNote',
    'groupId',
    'gridCellId',
    'fleetId'
  ] as const),
  ...(['lat', 'lon', 'datum', 'consentBy', 'consentOn', 'consentRelation', 'safe', 'duress'] as const)
] as const
export type TextKey = (typeof TEXTS)[number]

let keys = 0
export const nextKey = (): number => ++keys

export function emptyForm(kind: SubjectKind): SubjectForm {
  const texts = Object.fromEntries(TEXTS.map(key => [key, key === 'datum' ? 'wgs84' : ''])) as SubjectForm['texts']
  return { kind, texts, contacts: [], sources: [emptySource(kind)] }
}

export function emptySource(kind: SubjectKind): FormSource {
  const what = kind === 'vehicle' ? 'taxi' : kind === 'premises' ? 'alarmBox' : 'panicPhone'
  return { ...{ key: nextKey(), id: '', kind: what, label: '', alarmClass: '', also: [] }, ...NO_CONSENT }
}

const NO_CONSENT = { consentBy: '', consentOn: '', consentRelation: '' }

export function formOf({ draft, sharedWith }: Pick<SubjectDetail, 'draft' | 'sharedWith'>): SubjectForm {
  const { position, consent } = draft
  const empty = emptyForm(draft.kind)
  const given = Object.fromEntries(
    TEXTS.flatMap(key => {
      const value = (draft as unknown as Readonly<Record<string, unknown>>)[key]
      return typeof value === 'string' ? [[key, value]] : []
    })
  )
  return {
    kind: draft.kind,
    texts: {
      ...empty.texts,
      ...given,
      ...(position && { lat: String(position.lat), lon: String(position.lon), datum: position.datum }),
      ...(consent && { consentBy: consent.by, consentOn: consent.on, consentRelation: consent.relation ?? '' })
    },
    contacts: draft.contacts.map(each => ({ ...emptyContact(), ...each })),
    sources: draft.sources.map(({ id, kind, label = '', alarmClass = '', consent: agreed, alsoSubjectIds }) => ({
      ...{ key: nextKey(), id, kind, label, alarmClass },
      also: sharedWith.filter(each => alsoSubjectIds?.includes(each.id)),
      ...(agreed ? { consentBy: agreed.by, consentOn: agreed.on, consentRelation: agreed.relation ?? '' } : NO_CONSENT)
    }))
  }
}

/** Bare digits are a telephone. */
export function sourceIdOf(text: string): string {
  const trimmed = text.trim()
  return /^[\d*#+()\s-]+$/.test(trimmed) ? `sip:${trimmed.replace(/[\s()-]/g, '')}` : trimmed
}

/** Rows of sources that were left empty are none. `endPhrases`: what was agreed is over. */
export function draftOf(form: SubjectForm, id: string | undefined, endPhrases: boolean): SubjectDraft {
  const { lat, lon, datum, consentBy, consentOn, consentRelation, safe, duress, ...texts } = form.texts
  const placed = lat.trim() !== '' || lon.trim() !== ''
  const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text))
  // What is no number is sent as a place that cannot be, so that the answer names the field.
  const finite = (value: number) => (Number.isFinite(value) ? value : 999)
  const consentOf = (by: string, on: string, relation: string) =>
    by.trim() || on || relation.trim() ? { by, on, ...(relation.trim() ? { relation } : {}) } : undefined
  // A phrase of who is forced that stands alone is sent too: what is missing beside it is said.
  const agreed = safe.trim() !== '' || duress.trim() !== ''
  const phrases = agreed ? { phrases: { safe, ...(duress.trim() ? { duress } : {}) } } : {}
  return {
    ...(id === undefined ? {} : { id }),
    kind: form.kind,
    ...texts,
    ...(placed
      ? {
          position: { lat: finite(number(lat)), lon: finite(number(lon)), datum: datum === 'gcj02' ? 'gcj02' : 'wgs84' }
        }
      : {}),
    consent: consentOf(consentBy, consentOn, consentRelation),
    contacts: form.contacts.map(({ key: _, ...contact }) => contact),
    sources: form.sources
      .filter(each => each.id.trim() !== '')
      .map(each => ({
        id: sourceIdOf(each.id),
        kind: each.kind,
        ...(each.label.trim() ? { label: each.label } : {}),
        ...(each.alarmClass ? { alarmClass: each.alarmClass as SourceDraft['alarmClass'] } : {}),
        consent: consentOf(each.consentBy, each.consentOn, each.consentRelation),
        alsoSubjectIds: each.also.map(sharer => sharer.id)
      })),
    ...(endPhrases ? { phrases: null } : phrases)
  }
}
