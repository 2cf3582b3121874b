/** Rows do not move under the hand: while the table is in use, known rows keep their places; what is new stands at the end. */
import { useEffect, useRef, useState } from 'react'
import type { Line } from './figures.ts'

/** So long the hand must be away before rows move again (design: console, motion). */
export const REST_MS = 2_000

/** `wanted` in the order of `before`; rows that were not there follow in their own order, and rows that are gone leave no gap. */
export function keptOrder(wanted: readonly Line[], before: readonly string[]): readonly Line[] {
  const place = new Map(before.map((id, index) => [id, index]))
  const placeOf = ({ row }: Line) => place.get(row.id) ?? before.length
  return [...wanted].sort((a, b) => placeOf(a) - placeOf(b))
}

/** `held`: a row is chosen. `asked` changes when the person asks for another order or another choice of rows: that moves them at once. */
export function useSteady(wanted: readonly Line[], held: boolean, asked: string) {
  const [hand, setHand] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const shown = useRef<{ readonly asked: string; readonly ids: readonly string[] }>({ asked, ids: [] })
  useEffect(() => () => clearTimeout(timer.current), [])
  const keeps = (hand || held) && shown.current.asked === asked && shown.current.ids.length > 0
  const lines = keeps ? keptOrder(wanted, shown.current.ids) : wanted
  useEffect(() => {
    shown.current = { asked, ids: lines.map(({ row }) => row.id) }
  }, [asked, lines])
  const touch = () => {
    clearTimeout(timer.current)
    setHand(true)
  }
  const leave = (table: Element) => {
    // The other hand may still be there: the pointer over the table, or the keys in a row.
    if (table.matches(':hover') || table.querySelector('tbody :focus')) return
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setHand(false), REST_MS)
  }
  return { lines, touch, leave }
}
