/** A searched and scrolled list of the administration with the record that is chosen beside it. */
import { useEffect, useState } from 'react'
import { useRowsInSight } from '../../ui/use-rows-in-sight.ts'
import { type PageOf, usePages } from '../../wire/use-pages.ts'
import { ROW_PX } from './rows-table.tsx'

const EVERY_MS = 10_000
/** Chosen: a new one. */
export const NEW = ''

/** `path` ends with `?` or `&`. */
export function useList<R>(path: string, keyOf: (row: R) => string) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [again, setAgain] = useState(0)
  const [found, setFound] = useState(0)
  /** Newly made: brought into sight once the list has it. */
  const [made, setMade] = useState<{ readonly id: string; readonly lookedAtEndOf: number }>()
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
  const { follow } = sight
  useEffect(() => {
    if (!made || !page || rows.size === 0) return
    const at = [...rows].find(([, row]) => keyOf(row) === made.id)?.[0]
    if (at !== undefined) follow(at)
    // What is new stands last, where the list has no order of its own.
    else if (made.lookedAtEndOf !== page.found) follow(page.found - 1)
    else return
    setMade(at === undefined ? { ...made, lookedAtEndOf: page.found } : undefined)
  }, [made, page, rows, follow, keyOf])
  return {
    ...{ text, setText, chosen, setChosen, again, sight, page, rows },
    /** After a change: the list is asked for anew, and this one is open. */
    changed(id: string | undefined) {
      if (chosen === NEW && id !== undefined) {
        setMade({ id, lookedAtEndOf: 0 })
        setText('')
      }
      setChosen(id)
      setAgain(n => n + 1)
    }
  }
}
