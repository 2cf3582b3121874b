/** The begun report of this person on this phone: kept with every letter, so that an order may take the screen at any time. */
import { useCallback, useRef, useState } from 'react'
import type { SituationCommand } from '../../../../gateway/core/situation.ts'
import { newMessageId } from '../../photo/photo.ts'
import { serverNowMs } from '../../state/clock.ts'
import type { PhotoBox } from './photo-box.ts'
import { isBegun, readSituation, type SituationDraft } from './situation-draft.ts'
import type { Fix } from './use-position.ts'

export interface Situation {
  readonly draft: SituationDraft | undefined
  readonly isOpen: boolean
  /** What was reported last from this page. */
  readonly sent: SituationCommand | undefined
  readonly open: () => void
  /** Back: what was written stays. */
  readonly close: () => void
  /** An order takes the screen. */
  readonly leave: () => void
  /** Begins one where there is none. */
  readonly change: (fields: Partial<Pick<SituationDraft, 'what' | 'text'>>) => void
  /** The photo waits on the phone, as it does once the report is sent; undefined: without one. */
  readonly setPhoto: (photo: Blob | undefined) => Promise<void>
  /** It waits in the outbox now. */
  readonly wasSent: (command: SituationCommand) => void
  readonly drop: () => void
}

const keyOf = (userId: string) => `pingan.patrol.situation.${userId}`

/** For a page that begins: whose photo is still wanted. */
export const keptSituation = (userId: string): SituationDraft | undefined =>
  readSituation(localStorage.getItem(keyOf(userId)), serverNowMs())

export function useSituation(userId: string, box: PhotoBox, fix: Fix): Situation {
  // Beside the state, with what is empty: a photo is read for a second, in which words are typed.
  const now = useRef<SituationDraft>(undefined)
  const [draft, setDraft] = useState(() => {
    now.current = keptSituation(userId)
    return now.current
  })
  const [isOpen, setOpen] = useState(false)
  const [sent, setSent] = useState<SituationCommand>()
  const here = fix.kind === 'fix' ? fix.position : undefined

  const put = (next: SituationDraft | undefined) => {
    now.current = next
    const begun = next && isBegun(next) ? next : undefined
    setDraft(begun)
    try {
      if (begun) localStorage.setItem(keyOf(userId), JSON.stringify(begun))
      else localStorage.removeItem(keyOf(userId))
    } catch {
      // Full or forbidden: it lasts as long as the page.
    }
  }
  const current = (): SituationDraft => {
    if (now.current && isBegun(now.current)) return now.current
    const place = here && { lat: here.lat, lon: here.lon }
    const id = now.current?.id ?? newMessageId()
    now.current = { id, text: '', photo: false, atMs: serverNowMs(), ...(place ? { place } : {}) }
    return now.current
  }
  return {
    ...{ draft, isOpen, sent },
    open: () => setOpen(true),
    close: () => setOpen(false),
    leave: useCallback(() => {
      setOpen(false)
      setSent(undefined)
    }, []),
    change: fields => put({ ...current(), ...fields }),
    async setPhoto(photo) {
      const { id } = current()
      // First the photo: a draft that is kept must not promise one that is not.
      if (photo) await box.put(id, photo)
      else await box.remove(id)
      if (now.current?.id === id) put({ ...current(), photo: photo !== undefined })
      else if (photo) await box.remove(id)
    },
    wasSent(command) {
      put(undefined)
      setSent(command)
      setOpen(false)
    },
    drop() {
      if (now.current) void box.remove(now.current.id)
      put(undefined)
    }
  }
}
