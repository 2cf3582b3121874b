/** One table of keys per page: what binds a key is what the help overlay shows, so that no key can be bound and not listed. */

/** One line of the overlay: `cap` as it is drawn, `does` the last part of its words' key, and what it binds by physical key (`event.code`). */
export interface KeyRow<C> {
  readonly cap: string
  readonly does: string
  readonly plain?: Readonly<Record<string, C>>
  readonly shifted?: Readonly<Record<string, C>>
}

/** All bindings of the rows. Throws when two lines want the same key: a test of the table would fail, and so would the page. */
export function bindings<C>(rows: readonly KeyRow<C>[], layer: 'plain' | 'shifted'): Readonly<Record<string, C>> {
  const bound: Record<string, C> = {}
  for (const row of rows)
    for (const [code, command] of Object.entries(row[layer] ?? {})) {
      if (code in bound) throw new Error(`${layer} ${code} is bound twice`)
      bound[code] = command
    }
  return bound
}
