/** The rows of a long table that are in sight, asked for as it is scrolled and again from time to time. */
import { useEffect, useState } from 'react'
import { serverNowMs } from '../state/clock.ts'
import { get, Refusal, type RefusalCode } from './api.ts'

/** A scroll or a typed letter asks once it has come to rest. */
const REST_MS = 120
/** Rows are asked for in such steps, so that a scroll by one row asks for nothing. */
const STEP = 50
const MAX_ROWS = 200
/** More rows than this are not remembered: who scrolls back sees them asked for anew. */
const MAX_KEPT = 2_000

export interface PageOf<R> {
  readonly found: number
  readonly offset: number
  readonly rows: readonly R[]
}

export interface PagesReading<R, P extends PageOf<R>> {
  readonly page?: Omit<P, 'rows'>
  readonly rows: ReadonlyMap<number, R>
  readonly atMs: number
  readonly failed?: RefusalCode
}

/** `path` ends with `?` or `&`; `again` changes when somebody knows of news. The last good answer stays while the gateway is silent. */
export function usePages<R, P extends PageOf<R>>(
  path: string,
  first: number,
  count: number,
  { everyMs, again = 0 }: { readonly everyMs: number; readonly again?: number }
): PagesReading<R, P> {
  const [reading, setReading] = useState<PagesReading<R, P> & { readonly asked?: string }>({ rows: new Map(), atMs: 0 })
  const offset = Math.floor(first / STEP) * STEP
  const limit = Math.min(MAX_ROWS, Math.ceil((first + count - offset) / STEP) * STEP)
  const asked = `${path} ${again}`
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = async () => {
      try {
        const { rows, ...page } = await get<P>(`${path}offset=${offset}&limit=${limit}`)
        if (gone) return
        setReading(before => {
          const kept = before.asked === asked && before.rows.size < MAX_KEPT ? [...before.rows] : []
          const all = new Map(kept.filter(([index]) => index < page.found))
          for (const [index, row] of rows.entries()) all.set(offset + index, row)
          return { page, rows: all, asked, atMs: serverNowMs() }
        })
      } catch (error) {
        const failed = error instanceof Refusal ? error.code : 'UNKNOWN'
        if (!gone) setReading(before => ({ ...before, failed }))
      }
      if (!gone) timer = setTimeout(() => void ask(), everyMs)
    }
    timer = setTimeout(() => void ask(), REST_MS)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [path, asked, offset, limit, everyMs])
  return reading
}
