/** A searched and scrolled list of the administration with the record that is chosen beside it. */
import { useState } from 'react'
import { useRowsInSight } from '../../ui/use-rows-in-sight.ts'
import { type PageOf, usePages } from '../../wire/use-pages.ts'
import { ROW_PX } from './rows-table.tsx'

const EVERY_MS = 10_000
/** Chosen: a new one. */
export const NEW = ''

/** `path` ends with `?` or `&`. */
export function useList<R>(path: string) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [again, setAgain] = useState(0)
  const [found, setFound] = useState(0)
  const sight = useRowsInSight(found, ROW_PX)
  const asked = text.trim() ? `${new URLSearchParams({ text: text.trim() })}&` : ''
  const { page, rows } = usePages<R, PageOf<R> & { readonly all: number }>(
    `${path}${asked}`,
    sight.first,
    sight.count,
    {
      ...{ everyMs: EVERY_MS, again }
    }
  )
  if (page && page.found !== found) setFound(page.found)
  return {
    ...{ text, setText, chosen, setChosen, again, sight, page, rows },
    /** After a change: the list is asked for anew, and this one is open. */
    changed(id: string | undefined) {
      setChosen(id)
      setAgain(n => n + 1)
    }
  }
}
