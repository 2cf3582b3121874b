/** The sheet of the 处置预案 that belongs to an incident, in the version it began with; a version never changes, so it is asked for once. */
import { useEffect, useState } from 'react'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { SopBook, SopStep } from '../../../../gateway/core/sop.ts'
import { sheetOf } from '../../state/steps.ts'
import { get } from '../../wire/api.ts'

const books = new Map<number, SopBook>()
const NONE: readonly SopStep[] = []
const AGAIN_MS = 3_000

export function useSheet(incident: Incident | undefined): readonly SopStep[] {
  const version = incident?.sop?.version ?? 1
  const [, loaded] = useState(0)
  useEffect(() => {
    if (books.has(version)) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = () =>
      get<SopBook>(`/api/sop?version=${version}`).then(
        book => {
          books.set(version, book)
          if (!gone) loaded(n => n + 1)
        },
        () => {
          if (!gone) timer = setTimeout(ask, AGAIN_MS)
        }
      )
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [version])
  const book = books.get(version)
  return book && incident ? sheetOf(book, incident) : NONE
}
