/** What a microphone that does not open is said to be: each has another next step. */
import { expect, it } from 'vitest'
import { microphoneWhy } from './talk-line.ts'

it.each([
  ['NotAllowedError', 'microphoneDenied'],
  ['SecurityError', 'microphoneDenied'],
  ['NotFoundError', 'microphoneMissing'],
  ['OverconstrainedError', 'microphoneMissing'],
  ['NotReadableError', 'microphone']
])('%s is %s', (name, why) => expect(microphoneWhy(new DOMException('', name))).toBe(why))
