/** The text of a record is made once while it is asked for, and not kept for as long as the record lives. */
import { describe, expect, it } from 'vitest'
import { jsonOf } from './json.ts'

/** Counts how often its text is made. */
function counted(n: number): { readonly record: object; readonly made: () => number } {
  let made = 0
  const record = {
    n,
    toJSON() {
      made++
      return { n }
    }
  }
  return { record, made: () => made }
}

describe('the JSON text of a record', () => {
  it('is made once for store, feed and consoles', () => {
    const { record, made } = counted(1)
    const body = { type: 'incident', incident: record }
    expect(jsonOf(record)).toBe('{"n":1}')
    expect(jsonOf(body)).toBe('{"type":"incident","incident":{"n":1}}')
    expect(jsonOf(record)).toBe('{"n":1}')
    expect(made()).toBe(1)
  })

  it('is forgotten after some thousand others, and made again when it is asked for', () => {
    const { record, made } = counted(2)
    jsonOf(record)
    for (let n = 0; n < 3_000; n++) jsonOf({ n })
    expect(made()).toBe(1)
    expect(jsonOf(record)).toBe('{"n":2}')
    expect(made()).toBe(2)
  })

  it('is forgotten sooner beside long ones: what is kept is bounded in characters, too', () => {
    const { record, made } = counted(3)
    jsonOf(record)
    for (let n = 0; n < 10; n++) jsonOf({ n, long: 'x'.repeat(1_000_000) })
    expect(jsonOf(record)).toBe('{"n":3}')
    expect(made()).toBe(2)
    expect(jsonOf({ long: 'x'.repeat(9_000_000) })).toHaveLength(9_000_011)
    jsonOf(record)
    jsonOf(record)
    expect(made()).toBe(3)
  })
})
