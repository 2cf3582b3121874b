/** Half-written messages by incident: another alarm in between loses neither the words nor the picture, and the same message is sent once however often it is tried. */
import { useSyncExternalStore } from 'react'
import type { EvidenceItem, Incident } from '../../../../../gateway/core/incident.ts'
import type { PhotoKept } from '../../../../../gateway/core/message-wire.ts'
import { newMessageId, PHOTO_TIMEOUT_MS, photoOf } from '../../../photo/photo.ts'
import { store } from '../../../state/store.ts'
import { post } from '../../../wire/api.ts'

export type MessagePicture =
  /** `caption`: whose picture it is and of when; never drawn over it. */
  | { readonly kind: 'own'; readonly photo: Blob; readonly url: string; readonly caption?: string }
  | { readonly kind: 'evidence'; readonly item: EvidenceItem }

export interface DraftState {
  /** Of the message that is being written. */
  readonly id: string
  readonly text: string
  /** A unit; absent: all. */
  readonly to: string | undefined
  readonly picture: MessagePicture | undefined
  readonly sending: boolean
  /** A refusal, or `unreadable` for what is no picture. */
  readonly why: unknown
}

interface Draft {
  readonly get: () => DraftState
  readonly change: (part: Partial<DraftState>) => void
  readonly attach: (file: Blob, caption?: string) => Promise<void>
  readonly subscribe: (listener: () => void) => () => void
}

const drafts = new Map<string, Draft>()
/** Of incidents long gone. */
const MAX_DRAFTS = 50

const fresh = (): DraftState => ({
  ...{ id: newMessageId(), text: '', to: undefined, picture: undefined, sending: false, why: undefined }
})

export function draftOf(incidentId: string): Draft {
  const known = drafts.get(incidentId)
  if (known) return known
  if (drafts.size >= MAX_DRAFTS) drafts.clear()
  const made = createDraft()
  drafts.set(incidentId, made)
  return made
}

function createDraft(): Draft {
  let state = fresh()
  const listeners = new Set<() => void>()
  const change = (part: Partial<DraftState>) => {
    const before = state.picture
    state = { ...state, ...part }
    if (before?.kind === 'own' && before !== state.picture) URL.revokeObjectURL(before.url)
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    change,
    async attach(file, caption) {
      try {
        const photo = await photoOf(file)
        const own = { kind: 'own', photo, url: URL.createObjectURL(photo) } as const
        change({ picture: caption === undefined ? own : { ...own, caption }, why: undefined })
      } catch {
        change({ why: 'unreadable' })
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

export function useDraft(incidentId: string): Pick<Draft, 'change' | 'attach'> & { readonly state: DraftState } {
  const draft = draftOf(incidentId)
  const state = useSyncExternalStore(draft.subscribe, draft.get)
  return { ...draft, state }
}

/** The gateway takes no longer line. */
export const MAX_TEXT = 500

/** What is sent: above the words, of which none is lost, what the picture shows. */
export function lineOf({ text, picture }: Pick<DraftState, 'text' | 'picture'>): string {
  const words = text.trim()
  const caption = picture?.kind === 'own' ? (picture.caption ?? '') : ''
  if (words === '') return caption.slice(0, MAX_TEXT)
  const above = caption.slice(0, Math.max(0, MAX_TEXT - words.length - 1))
  return above === '' ? words : `${above}\n${words}`
}

/** The picture first; nothing is forgotten before the gateway has the message. */
export async function sendMessage(incidentId: string): Promise<void> {
  const draft = draftOf(incidentId)
  const { id, text, to, picture } = draft.get()
  if (text.trim() === '' && !picture) return
  draft.change({ sending: true, why: undefined })
  try {
    const photo =
      picture?.kind === 'evidence'
        ? picture.item.id
        : picture &&
          (await post<PhotoKept>(`/api/incidents/${incidentId}/photos`, picture.photo, PHOTO_TIMEOUT_MS)).photo
    const incident = await post<Incident>(`/api/incidents/${incidentId}/actions`, {
      ...{ action: 'message', id, text: lineOf({ text, picture }) },
      ...(to === undefined ? {} : { to }),
      ...(photo === undefined ? {} : { photo })
    })
    store.dispatch({ kind: 'incidents', incidents: [incident] })
    draft.change({ ...fresh(), to })
  } catch (error) {
    draft.change({ sending: false, why: error })
  }
}
