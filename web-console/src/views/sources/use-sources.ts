/** The rows of the table that are in sight, asked for as it is scrolled and again every five seconds. */
import { useEffect, useState } from 'react'
import type { SourceLine, SourcePage, SourceState } from '../../../../gateway/core/sources.ts'
import { serverNowMs } from '../../state/clock.ts'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'

export interface SourceFilter {
  readonly text: string
  readonly state: SourceState | ''
  readonly protocol: string
}

export const NO_FILTER: SourceFilter = { text: '', state: '', protocol: '' }

const EVERY_MS = 5_000
/** A scroll or a typed letter asks once it has come to rest. */
const REST_MS = 120
/** Rows are asked for in such steps, so that a scroll by one row asks for nothing. */
const STEP = 50
const MAX_ROWS = 200
/** More rows than this are not remembered: who scrolls back sees them asked for anew. */
const MAX_KEPT = 2_000

export interface SourceReading {
  readonly page?: Omit<SourcePage, 'rows' | 'offset'>
  readonly rows: ReadonlyMap<number, SourceLine>
  readonly atMs: number
  readonly failed?: RefusalCode
}

const NOTHING: SourceReading = { rows: new Map(), atMs: 0 }

/** `first` and `count` are the rows in sight. The last good answer stays while the gateway is silent. */
export function useSources(filter: SourceFilter, first: number, count: number): SourceReading {
  const [reading, setReading] = useState<SourceReading & { readonly asked?: string }>(NOTHING)
  const asked = queryOf(filter)
  const offset = Math.floor(first / STEP) * STEP
  const limit = Math.min(MAX_ROWS, Math.ceil((first + count - offset) / STEP) * STEP)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = async () => {
      try {
        const { rows, ...page } = await get<SourcePage>(`/api/sources?${asked}offset=${offset}&limit=${limit}`)
        if (gone) return
        setReading(before => {
          const kept = before.asked === asked && before.rows.size < MAX_KEPT ? [...before.rows] : []
          const all = new Map(kept.filter(([index]) => index < page.found))
          for (const [index, row] of rows.entries()) all.set(page.offset + index, row)
          return { page, rows: all, asked, atMs: serverNowMs() }
        })
      } catch (error) {
        const failed = error instanceof Refusal ? error.code : 'UNKNOWN'
        if (!gone) setReading(before => ({ ...before, failed }))
      }
      if (!gone) timer = setTimeout(() => void ask(), EVERY_MS)
    }
    timer = setTimeout(() => void ask(), REST_MS)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [asked, offset, limit])
  return reading
}

function queryOf({ text, state, protocol }: SourceFilter): string {
  const said = Object.entries({ text: text.trim(), state, protocol }).filter(([, value]) => value !== '')
  return said.length === 0 ? '' : `${new URLSearchParams(said)}&`
}
