/** Canonical text against what was signed and chained before: by examples, and by property. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical.ts'

/** What signed and chained until now: everything on record must read the same for ever. */
const asOnRecord = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : each
  )

test('keys are sorted at every depth, what is undefined is left out, and a place in a list is null', () => {
  expect(canonicalJson({ b: [{ d: 1, c: '街' }, undefined, null], a: undefined, A: { z: true, y: -0.5 } })).toBe(
    '{"A":{"y":-0.5,"z":true},"b":[{"c":"街","d":1},null,null]}'
  )
  expect(canonicalJson({ a: undefined })).toBe('{}')
})

test('any value reads as it does on record, keys that are numbers included', () => {
  const key = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constantFrom('007', '4294967294', '4294967295', '1e3', '-1')
  )
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constantFrom(null, undefined)
      ),
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 6 })
    )
  }))
  fc.assert(
    fc.property(tree, value => {
      expect(canonicalJson({ value })).toBe(asOnRecord({ value }))
    }),
    { numRuns: 500 }
  )
})
