/** The begun reports of this person on this phone. */
import { useCallback, useState } from 'react'
import { type Draft, readDrafts, withDraft } from './drafts.ts'

export interface Drafts {
  readonly all: readonly Draft[]
  readonly keep: (draft: Draft) => void
}

export function useDrafts(userId: string): Drafts {
  const key = `pingan.patrol.drafts.${userId}`
  const [all, setAll] = useState(() => readDrafts(localStorage.getItem(key)))
  const keep = useCallback(
    (draft: Draft) =>
      setAll(before => {
        const next = withDraft(before, draft)
        try {
          localStorage.setItem(key, JSON.stringify(next))
        } catch {
          // Full or forbidden: it lasts as long as the page.
        }
        return next
      }),
    [key]
  )
  return { all, keep }
}
