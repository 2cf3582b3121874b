/** Pages of a search, newest first: asked for when somebody says so, since every asking is on record. */
import { useCallback, useRef, useState } from 'react'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'

const SEARCHING_MS = 60_000

interface Page<L> {
  readonly lines: readonly L[]
  readonly next?: number
}

export type Asked = Readonly<Record<string, string>>

/** Without what is empty. */
export const queryOf = (asked: Asked): string =>
  new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '')).toString()

export interface Searched<L, P extends Page<L>> {
  readonly lines: readonly L[]
  /** The page that came last. */
  readonly page: P | undefined
  readonly failed: RefusalCode | undefined
  readonly busy: boolean
  readonly search: (asked: Asked) => void
  readonly more: () => void
}

export function useSearch<L, P extends Page<L>>(path: string): Searched<L, P> {
  const [lines, setLines] = useState<readonly L[]>([])
  const [page, setPage] = useState<P>()
  const [failed, setFailed] = useState<RefusalCode>()
  const [busy, setBusy] = useState(false)
  /** What the lines answer: a question that failed leaves it, so that "more" goes on with the lines that stand. */
  const asked = useRef<Asked>({})
  /** An answer that was overtaken by a newer question is thrown away. */
  const turn = useRef(0)
  const ask = useCallback(
    async (query: Asked, from?: { readonly lines: readonly L[]; readonly next: number }) => {
      const mine = ++turn.current
      setBusy(true)
      try {
        const before: Asked = from ? { before: String(from.next) } : {}
        const found = await get<P>(`${path}?${queryOf({ ...query, ...before })}`, SEARCHING_MS)
        if (mine !== turn.current) return
        asked.current = query
        setLines([...(from?.lines ?? []), ...found.lines])
        setPage(found)
        setFailed(undefined)
      } catch (error) {
        if (mine === turn.current) setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
      } finally {
        if (mine === turn.current) setBusy(false)
      }
    },
    [path]
  )
  return {
    ...{ lines, page, failed, busy },
    search: useCallback(query => void ask(query), [ask]),
    more: () => void (page?.next !== undefined && ask(asked.current, { lines, next: page.next }))
  }
}
