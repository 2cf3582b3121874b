/** A day as it is typed, and as it is kept: `2026-11-30` on every machine, whatever its browser speaks. Pure. */

const DIGITS = /^(\d{4})(\d\d)(\d\d)$/
const SIGNS = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/
const DAY_MS = 86_400_000

/** `2026-11-30` of that, of `20261130`, `2026/11/30` and `2026年11月30日`; undefined for what is no day. */
export function dayOf(typed: string): string | undefined {
  // Full-width digits and signs of a Chinese input method.
  const text = typed.normalize('NFKC').replaceAll(/\s/g, '')
  const [, year = '', month = '', date = ''] = DIGITS.exec(text) ?? SIGNS.exec(text) ?? []
  if (year === '') return undefined
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
  const ms = Date.parse(`${day}T00:00:00Z`)
  // 31 November is no day, though some readers take it for 1 December.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? undefined : day
}

/** All of it is typed: `2026-11-3` may become the thirtieth. */
export function isWhole(typed: string): boolean {
  return typed.normalize('NFKC').replaceAll(/\D/g, '').length === 8
}

/** The day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
