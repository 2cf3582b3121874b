/** Where a source speaks from, without a port that is none. */
import { expect, it } from 'vitest'
import { peerText } from './peer-text.ts'

it.each([
  ['tcp 10.0.0.1:40112', 'tcp 10.0.0.1:40112'],
  ['tcp 10.0.0.1:0', 'tcp 10.0.0.1'],
  ['http fe80::1:0', 'http fe80::1'],
  ['tcp 10.0.0.1:7610', 'tcp 10.0.0.1:7610'],
  ['gateway', 'gateway']
])('%s', (origin, shown) => expect(peerText(origin)).toBe(shown))
