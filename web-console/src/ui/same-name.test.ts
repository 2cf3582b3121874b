/** Whose code stands beside the name: only of cameras that are called alike. */
import { expect, it } from 'vitest'
import { codesOf } from './same-name.ts'

const made = (cameraId: string, cameraName: string, kind: 'clip' | 'still' | 'voice' = 'clip') =>
  ({ cameraId: cameraId as never, cameraName, kind }) as const

it('is of those alone that share a name with another camera in view', () => {
  const all = [made('c1', '人民路口'), made('c2', '人民路口'), made('c3', '杏花巷东口')]
  expect(all.map(codesOf(all))).toEqual(['c1', 'c2', undefined])
})

it('is of no camera that has two recordings, and of no caller', () => {
  const all = [made('c1', '人民路口'), made('c1', '人民路口', 'still'), made('sip:1', '陈桂芳', 'voice')]
  expect([...all, made('sip:2', '陈桂芳', 'voice')].map(codesOf(all))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined
  ])
})
